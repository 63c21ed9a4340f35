// A machine that asks first comes back while nobody can tell it whether another copy has taken over.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { appendFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { MiB } from "@leeward/base";
import { eventually } from "../harness/eventually.ts";
import { BLOCK_BYTES, triedWrite } from "../harness/image-writes.ts";
import { SplitChain } from "../harness/split-chain.ts";

let chain: SplitChain;
before(async () => {
  chain = await SplitChain.start();
});
after(() => chain.stop());

test("its disk can be read and not written while the config server is away, and is written again when that is back", async () => {
  const path = `${chain.sourceFolder}/data.img`;
  await writeFile(path, randomBytes(8 * MiB));
  const client = await chain.client();
  const params = { machine: chain.machine };
  await eventually("the machine is online", async () => {
    const { state } = await client.call("showMachine", { params });
    return state === "online" ? true : undefined;
  });
  await client.call("protectDisk", { params, body: { path, name: "data" } });
  const uri = await eventually("the disk is protected", async () => {
    const [disk] = (await client.call("listDisks", {})).items;
    return disk?.state === "protected" ? (disk.nbdUri ?? undefined) : undefined;
  });
  assert.equal(await tried(uri, 1), "taken");

  await appendFile(`${chain.agentHome}/config.yaml`, "serveAtStart: ask\n");
  await chain.kill("config-server");
  await chain.kill("agent");
  await chain.restart("agent");
  assert.equal(await eventually("it serves its disk", () => tried(uri, 2)), "refused");
  // It has a session to its process server, and that says nothing.
  await eventually("it has tried", () => (/no session to the config server/.test(trace()) ? true : undefined));
  assert.equal(await tried(uri, 3), "refused");

  await chain.restart("config-server");
  await eventually("it takes writes", async () => ((await tried(uri, 4)) === "taken" ? true : undefined));
  const again = await chain.client();
  const point = await again.call("createPoint", { params, body: { timeoutSeconds: 100 } });
  assert.equal(Object.keys(point.disks).length, 1);
  const kinds = (await again.call("listEvents", {})).items.map(({ kind }) => kind);
  assert.deepEqual(
    kinds.filter((kind) => kind.startsWith("fence-") || kind === "disk-resync"),
    ["fence-asks", "fence-lifted"],
  );
});

function trace(): string {
  return chain.daemon("agent")?.trace(200) ?? "";
}

function tried(uri: string, block: number): ReturnType<typeof triedWrite> {
  return triedWrite(uri, block * BLOCK_BYTES, randomBytes(BLOCK_BYTES));
}
