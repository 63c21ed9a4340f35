/** A worker appends with real files while this thread reads: what an agent does all day. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { decodeFrames } from "@leeward/proto";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";
import { ChangeLog, LogCursor } from "./index.ts";

const ROUNDS = 300;
const IDENTITY = {
  machineId: "a1".repeat(16),
  diskId: "b2".repeat(16),
  branch: "c3".repeat(16),
  bootId: "d4".repeat(16),
  diskBytes: 1 << 20,
  blockBytes: 512,
  physicalBlockBytes: 4096,
} as const;

/** What the worker says after each sync. */
interface Durable {
  readonly durable: number;
  readonly done: boolean;
}

function isDurable(message: unknown): message is Durable {
  return typeof message === "object" && message !== null && "durable" in message && "done" in message;
}

async function appendInWorker(folder: string): Promise<void> {
  const world = { files: nodeFiles({ io: "inline" }), clock: nodeClock, random: nodeRandom, compute: nodeCompute() };
  const log = await ChangeLog.open(world, { folder, identity: IDENTITY, segmentBytesMax: 200_000, seal: "at-once" });
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (let count = 0; count < round % 9; count += 1) {
      const fill = (log.lastSequence + 1) % 251;
      log.append([
        { kind: "write", timeMicros: 1, offset: 0, data: new Uint8Array(512 * (1 + (round % 4))).fill(fill) },
      ]);
    }
    const durable = await log.sync();
    parentPort?.postMessage({ durable, done: round === ROUNDS });
  }
  await log.close();
}

async function readBeside(): Promise<void> {
  const above = await mkdtemp(join(tmpdir(), "leeward-cursor-"));
  const folder = `${above}/log`;
  const worker = new Worker(new URL(import.meta.url), { workerData: folder });
  const ended = Promise.withResolvers<void>();
  worker.on("exit", () => ended.resolve());
  worker.on("error", ended.reject);
  const cursor = new LogCursor(nodeFiles({ io: "thread-pool" }), folder, 1);
  let last = 0;
  let reading = Promise.resolve();
  const readTo = async (through: number): Promise<void> => {
    for (;;) {
      const frames = await cursor.next({ through, bytesMax: 50_000 });
      if (frames === undefined) break;
      for (const record of decodeFrames(frames.bytes)) {
        assert.equal(record.sequence, last + 1);
        assert.ok(record.kind === "write" && record.data.every((byte) => byte === record.sequence % 251));
        last = record.sequence;
      }
    }
    assert.equal(last, through);
  };
  worker.on("message", (message) => {
    assert.ok(isDurable(message));
    reading = reading.then(() => readTo(message.durable));
    reading.catch(ended.reject);
  });
  await ended.promise;
  await reading;
  assert.ok(last > ROUNDS);
  await cursor.close();
  await rm(above, { recursive: true });
}

if (isMainThread)
  test("another thread reads what a worker appends, as soon as it is durable, whole and in order", readBeside);
else if (typeof workerData === "string") await appendInWorker(workerData);
