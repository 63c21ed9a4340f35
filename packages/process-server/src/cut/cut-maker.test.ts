import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteBudget, MiB, randomId } from "@leeward/base";
import { type DataKey, SegmentReader } from "@leeward/change-log";
import { decodeLogFrames, encodeLogFrame, type LogRecord, type RecordDraft } from "@leeward/proto";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { HeldBranch } from "../cache/held-branch.ts";
import type { Cut } from "./cut-folder.ts";
import { makeCut } from "./cut-maker.ts";

const MESSAGES = 12;
const WRITES = 5;
const DATA_BYTES = 512;

async function branchOf(world: SimulatedWorld, memory: ByteBudget): Promise<HeldBranch> {
  const { random } = world;
  await world.files.makeFolder("/disk");
  const ids = { machineId: randomId(random), diskId: randomId(random), branch: randomId(random) };
  const geometry = { sizeBytes: MiB, blockBytes: 512, physicalBlockBytes: 4096 };
  const offer = { ...ids, ...geometry, epoch: 1, term: 0, heldFrom: 0 };
  return HeldBranch.create(world, { above: "/disk", name: `1-${ids.branch}`, memory }, { offer, after: 0 });
}

/** Messages of a few writes each; the last ends with a mark. */
async function fill(world: SimulatedWorld, branch: HeldBranch): Promise<void> {
  for (let message = 0; message < MESSAGES; message += 1) {
    const from = message * WRITES + 1;
    const drafts: RecordDraft[] = Array.from({ length: WRITES }, (_, index) => ({
      kind: "write",
      timeMicros: 1,
      offset: (from + index) * DATA_BYTES,
      data: world.random.bytes(DATA_BYTES),
    }));
    if (message === MESSAGES - 1) {
      const mark = { pointId: randomId(world.random), number: 1, timeMicros: 1 };
      drafts.push({ kind: "mark", timeMicros: 1, mark: { ...mark, kind: "auto", consistency: "crash" } });
    }
    const bytes = new Uint8Array(Buffer.concat(encodeLogFrame(from, drafts).parts));
    await branch.append(bytes, decodeLogFrames(bytes));
  }
  await branch.sync();
}

async function recordsOf(world: SimulatedWorld, cut: Cut | undefined, key: DataKey): Promise<LogRecord[]> {
  assert.ok(cut !== undefined);
  await using handle = await world.files.open(cut.path, "read");
  const reader = await SegmentReader.open(handle, { compute: world.compute, key });
  const records: LogRecord[] = [];
  for await (const record of reader.records()) records.push(record);
  return records;
}

test("a cut is the same whether memory has all of its records, some with gaps, or none; what it held is free again", async () => {
  const key = { keyId: "0".repeat(32), bytes: new Uint8Array(32).fill(1) };
  const cuts: LogRecord[][] = [];
  for (const messages of [0, 1, 5, MESSAGES]) {
    const world = simulatedWorld({ seed: 7 });
    const budgetBytes = messages * (WRITES * (DATA_BYTES + 320) + 600);
    const memory = new ByteBudget(budgetBytes);
    const branch = await branchOf(world, memory);
    await fill(world, branch);
    // A gap before what is kept: what came first has left.
    if (messages === 5) branch.recent.forgetThrough(2 * WRITES);
    const cut = await makeCut(world, { branch, settings: { codec: "lz4", key }, tail: false });
    assert.equal(cut?.to, MESSAGES * WRITES + 1);
    cuts.push(await recordsOf(world, cut, key));
    cut?.kept?.drop();
    assert.ok(memory.take(budgetBytes), "records that are cut are not held");
    memory.give(budgetBytes);
    await branch.close();
  }
  const [fromCache, ...others] = cuts;
  for (const other of others) assert.deepEqual(other, fromCache);
});

test("a branch that is closed, or whose cut fails, holds no memory", async () => {
  const key = { keyId: "0".repeat(32), bytes: new Uint8Array(32).fill(1) };
  const world = simulatedWorld({ seed: 8 });
  const memory = new ByteBudget(MiB);
  const branch = await branchOf(world, memory);
  await fill(world, branch);
  world.files.onOperation = (operation) => {
    if (operation.kind === "datasync") throw new RangeError("no");
  };
  await assert.rejects(makeCut(world, { branch, settings: { codec: "lz4", key }, tail: false }));
  world.files.onOperation = undefined;
  const cut = await makeCut(world, { branch, settings: { codec: "lz4", key }, tail: false });
  assert.ok(cut?.kept?.isKept);
  assert.ok(!memory.take(MiB));
  await fillMore(branch);
  await branch.close();
  assert.ok(memory.take(MiB));
});

async function fillMore(branch: HeldBranch): Promise<void> {
  const from = branch.log.lastSequence + 1;
  const bytes = new Uint8Array(
    Buffer.concat(encodeLogFrame(from, [{ kind: "zero", timeMicros: 1, offset: 0, length: 512 }]).parts),
  );
  await branch.append(bytes, decodeLogFrames(bytes));
}
