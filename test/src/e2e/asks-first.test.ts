// A machine that asks first comes back while nobody can tell it whether another copy has taken over.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { appendFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { eventually } from "../harness/eventually.ts";
import { SplitChain } from "../harness/split-chain.ts";

const BLOCK_BYTES = 4_096;
const NEVER = new AbortController().signal;

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
  assert.equal(await written(uri, 1), "acknowledged");

  await appendFile(`${chain.agentHome}/config.yaml`, "serveAtStart: ask\n");
  await chain.kill("config-server");
  await chain.kill("agent");
  await chain.restart("agent");
  assert.equal(await eventually("it serves its disk", () => reached(uri, 2)), "refused");
  // It has a session to its process server, and that says nothing.
  await eventually("it has tried", () => (/no session to the config server/.test(trace()) ? true : undefined));
  assert.equal(await written(uri, 3), "refused");

  await chain.restart("config-server");
  await eventually("it takes writes", async () => ((await written(uri, 4)) === "acknowledged" ? true : undefined));
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

async function reached(uri: string, block: number): Promise<"acknowledged" | "refused" | undefined> {
  try {
    return await written(uri, block);
  } catch (error) {
    // Nobody listens there yet.
    if (isFault(error)) return undefined;
    throw error;
  }
}

/** What becomes of a write; what the disk has is read either way. */
async function written(uri: string, block: number): Promise<"acknowledged" | "refused"> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  await client.read(0, new Uint8Array(BLOCK_BYTES));
  try {
    await client.write(block * BLOCK_BYTES, randomBytes(BLOCK_BYTES), { fua: true });
    return "acknowledged";
  } catch (error) {
    if (isFault(error)) return "refused";
    throw error;
  }
}
