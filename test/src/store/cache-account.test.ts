// The promise of the whole where a machine's data go through a container of Azure Blob (Azurite, over TLS): its agent never connects to the process server; daemons are killed, the process server is away, the store
// refuses, is slow and breaks off, and every recovery point is explained by what the writers know.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Misbehaviour, PeerStore, peerStoreSkip, UnrulyProxy } from "@leeward/object-store/testing";
import { FULL } from "@leeward/world/testing";
import { OracleScene, type ReadPoint } from "../e2e/oracle-scene.ts";
import { pointContent } from "../harness/point-content.ts";

const WRITE_MS = FULL ? 90_000 : 20_000;
const POINTS_CHECKED = FULL ? 20 : 4;
const AWAY_MS = FULL ? 20_000 : 6_000;
const MISBEHAVIOURS: readonly Misbehaviour[] = [
  { kind: "refuse" },
  { kind: "busy", retryAfterSeconds: 1 },
  { kind: "lose-answer" },
  { kind: "slow" },
];

describe("a machine's data through a container", { skip: peerStoreSkip }, () => {
  let store: PeerStore;
  let wire: UnrulyProxy;
  let scene: OracleScene;

  before(async () => {
    store = await PeerStore.azurite();
    wire = await UnrulyProxy.start({ port: store.port, certificate: store.certificate });
    scene = await OracleScene.start({
      pointsMin: POINTS_CHECKED,
      disturbances: [
        { name: "the process server is away", run: stayAway },
        ...MISBEHAVIOURS.map((misbehaviour) => ({ name: misbehaviour.kind, run: () => misbehave(misbehaviour) })),
      ],
      cacheAccount: store.place("web", { port: wire.port }),
    });
  });
  after(async () => {
    await scene?.close();
    await wire?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
  });

  test("writers write while daemons are killed and the store misbehaves", () => scene.writeWhileDisturbed(WRITE_MS));

  test("nobody ever connected to the process server, and the machine says through what its data go", async () => {
    assert.equal(scene.chain.dataWire.joined, 0);
    const { cacheAccount } = await scene.client.call("showMachine", { params: { machine: scene.chain.machine } });
    assert.equal(cacheAccount?.storeUrl, store.place("web", { port: wire.port }).url);
    assert.ok((cacheAccount.waitingBytes ?? Number.NaN) < cacheAccount.bytesMax);
    assert.ok((cacheAccount.requestsPerGb ?? 0) > 0);
  });

  test("each barrier is the disks, byte for byte", async (context) => {
    context.diagnostic(`${await scene.checkBarriers(recovered)} barriers equal the disks`);
  });

  test(`${POINTS_CHECKED} points at random are each explained by one order of the operations`, async (context) => {
    const made = await scene.checkPoints(POINTS_CHECKED, recovered);
    context.diagnostic(`${POINTS_CHECKED} of ${made} points explained, ${scene.operations} operations`);
  });

  const recovered: ReadPoint = (point, { id }) =>
    pointContent(scene.client, { machine: scene.chain.machine, disk: id, point });

  async function stayAway(): Promise<void> {
    await scene.chain.kill("process-server");
    await delay(AWAY_MS);
    await scene.chain.restart("process-server");
  }

  async function misbehave(misbehaviour: Misbehaviour): Promise<void> {
    wire.misbehave(/./, misbehaviour, 12);
    for (let waited = 0; waited < 3_000 && wire.left > 0; waited += 100) await delay(100);
    wire.misbehave(/./, misbehaviour, 0);
  }
});
