// The promise of the whole where the journals lie in Azure Blob (Azurite, over TLS): daemons are killed, wires cut, the store refuses and breaks off, and afterwards any point comes back on a
// machine that has nothing but the store's address, its key, and the recovery key.
import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Misbehaviour, PeerStore, peerStoreSkip, UnrulyProxy } from "@leeward/object-store/testing";
import { FULL } from "@leeward/world/testing";
import { OracleScene, type ReadPoint } from "../e2e/oracle-scene.ts";
import { LoneMachine } from "./lone-restore.ts";
import { storeArguments } from "./store-arguments.ts";

const WRITE_MS = FULL ? 90_000 : 30_000;
const POINTS_CHECKED = FULL ? 20 : 4;
/** What the store does to its users, beside the kills and cuts: it refuses, is silent or slow, says "later", and breaks off at every place of a request. */
const MISBEHAVIOURS: readonly Misbehaviour[] = [
  { kind: "refuse" },
  { kind: "busy", retryAfterSeconds: 1 },
  { kind: "cut-request" },
  { kind: "lose-answer" },
  { kind: "cut-answer" },
  { kind: "slow" },
];

describe("journals in Azure Blob", { skip: peerStoreSkip }, () => {
  let store: PeerStore;
  let wire: UnrulyProxy;
  let scene: OracleScene;
  let machine: LoneMachine;

  before(async () => {
    store = await PeerStore.azurite();
    wire = await UnrulyProxy.start({ port: store.port, certificate: store.certificate });
    scene = await OracleScene.start({
      pointsMin: POINTS_CHECKED,
      disturbances: MISBEHAVIOURS.map((misbehaviour) => ({
        name: misbehaviour.kind,
        run: () => misbehave(misbehaviour),
      })),
      targetArguments: storeArguments(store.place("dr", { port: wire.port })),
    });
    machine = await LoneMachine.reaching(store.port);
  });
  after(async () => {
    await machine?.[Symbol.asyncDispose]();
    await scene?.close();
    await wire?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
  });

  test("writers write while daemons are killed, wires cut and the store misbehaves", () =>
    scene.writeWhileDisturbed(WRITE_MS));

  test("the recovery key is exported, and everything but the store goes away", async () => {
    const { code, stderr } = await scene.chain.command("key", "export", "--to", `${store.folder}/recovery.pem`);
    assert.equal(code, 0, stderr);
    await scene.chain.end();
  });

  test("each barrier is the disks, byte for byte, on a machine that reaches the store alone", async (context) => {
    context.diagnostic(`${await scene.checkBarriers(restored)} barriers equal the disks`);
  });

  test(`${POINTS_CHECKED} points at random are each explained by one order of the operations`, async (context) => {
    const made = await scene.checkPoints(POINTS_CHECKED, restored);
    context.diagnostic(`${POINTS_CHECKED} of ${made} points explained, ${scene.operations} operations`);
  });

  const restored: ReadPoint = async (point, { id }) => {
    const to = `${store.folder}/restored.img`;
    const wanted = ["--key", `${store.folder}/recovery.pem`, "--disk", id, "--at", point, "--to", to];
    const { code, stderr } = await machine.leeward("restore", "save", ...storeArguments(store.place("dr")), ...wanted);
    assert.equal(code, 0, stderr);
    const bytes = await readFile(to);
    await rm(to);
    return bytes;
  };

  /** For some requests, or as many as there are in a while. */
  async function misbehave(misbehaviour: Misbehaviour): Promise<void> {
    wire.misbehave(/./, misbehaviour, 12);
    for (let waited = 0; waited < 4_000 && wire.left > 0; waited += 100) await delay(100);
    wire.misbehave(/./, misbehaviour, 0);
  }
});
