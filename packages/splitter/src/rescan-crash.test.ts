import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { anySignal, isFault } from "@leeward/base";
import {
  checkDigests,
  type StopScenario,
  secondStop,
  slowRig,
  stopAt,
  stopsAt,
  sweepStops,
  TrackedLife,
} from "./testing/index.ts";

const DISK = (96 << 10) - 1_024;
const PAGES = Math.ceil(DISK / 4_096);
const NEVER = new AbortController().signal;

/** A machine's days: the first copy; changes that are told, and some that are missed; rescans, also with changes that are told beside them. */
async function lives(life: TrackedLife, signal: AbortSignal): Promise<void> {
  const splitter = await life.open();
  const ended = new AbortController();
  const pulls = life.pulls(splitter, anySignal([ended.signal, signal]));
  await Promise.all([splitter.copy(NEVER), logsSome(life, splitter, signal)]);
  for (let round = 0; round < 3; round += 1) {
    if (signal.aborted) return;
    await life.change(4);
    await life.logAll(splitter, round === 1, signal);
    if (signal.aborted) return;
    await life.change(3);
    life.told.clear();
    await splitter.beginCopy("resync");
    await Promise.all([splitter.copy(NEVER), logsSome(life, splitter, signal)]);
  }
  ended.abort();
  await pulls;
  await splitter.close();
}

async function logsSome(
  life: TrackedLife,
  splitter: Parameters<TrackedLife["logChanges"]>[0],
  signal: AbortSignal,
): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    if (signal.aborted) return;
    await life.change(2);
    await life.logChanges(splitter, time === 1, signal);
  }
}

/** Runs the scenario; returns whether the stop came, false once `at` lies behind all calls. */
async function runs({ seed, at, how, again, rig: options }: StopScenario): Promise<boolean> {
  const life = new TrackedLife({ seed, diskBytes: DISK, ...options });
  const { rig } = life;
  return await rig.clock.run(async () => {
    await life.change(10);
    if (!(await stopsAt(rig, { how, calls: at }, (signal) => lives(life, signal)))) return false;
    await checkAfterStop(life);
    if (again !== undefined) {
      const other = secondStop({ at, how });
      await stopsAt(rig, { how: other, calls: again }, async () => life.rescan(await life.open()));
      await checkAfterStop(life);
    }
    const splitter = await life.open();
    await checkDigests(life);
    await life.rescan(splitter);
    await life.checkSame();
    assert.equal(await checkDigests(life), PAGES, "after a rescan all is known");
    await life.change(5);
    await life.logAll(splitter, false, NEVER);
    const { last } = life.target;
    await life.rescan(splitter);
    await life.checkSame();
    const content = life.target.records.filter(({ sequence, kind }) => sequence > last && kind === "write");
    assert.equal(content.length <= 5 * 8, true, "little is sent");
    await splitter.close();
    return true;
  });
}

/** Before anything is opened again, where a state is there. A log's torn end may have to be cut off before it can be read: then what is opened tells. */
async function checkAfterStop(life: TrackedLife): Promise<void> {
  if ((await life.rig.files.status("/home/disk/state.json")) === undefined) return;
  try {
    await checkDigests(life);
  } catch (error) {
    if (!isFault(error, "frame-damaged")) throw error;
  }
}

describe("after a stop, every digest that is known is of what the target holds, and a rescan makes the replica equal", () => {
  test("killed at any call", async () => {
    const calls = await sweepStops(runs, (at) => ({ at, seed: 1_000 + at, how: "kill" }));
    assert.ok(calls > 100, `${calls} calls`);
  });

  test("without power at any call", async () => {
    await sweepStops(runs, (at) => ({ at, seed: 2_000 + at, how: "crash" }));
  });

  test("when every call takes its time and overtakes others", async () => {
    await sweepStops(runs, (at) => ({ at, seed: 3_000 + at, how: stopAt(at), rig: slowRig(at) }));
  });

  test("when the log is too small", async () => {
    const limits = { logBytesMax: 96 << 10, logFileBytesMax: 12 << 10 };
    await sweepStops(runs, (at) => ({ at, seed: 4_000 + at, how: stopAt(at), rig: { ...slowRig(at), limits } }));
  });

  test("when the rescan is stopped too", async () => {
    await sweepStops(runs, (at) => ({
      at,
      seed: 5_000 + at,
      how: stopAt(at),
      again: 1 + (at % 120),
      rig: slowRig(at),
    }));
  });
});
