// The source's disk is lost, and another device takes its place.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KiB, MiB } from "@leeward/base";
import type { PlannedOrigin, PlannedPlace, PlannedReverse } from "@leeward/proto";
import type { DiskFacts, DiskHost } from "../disk/disk-host.ts";
import { ServedDisk } from "../disk/served-disk.ts";
import { seenOf } from "./device-content.ts";
import { readReverseRecord } from "./reverse-record.ts";
import { ReverseRig } from "./testing/reverse-rig.ts";
import type { TestReplica } from "./testing/test-replica.ts";

const SIZE = 4 * MiB;
const TAIL = 256 * KiB;
const BLOCK = 64 * KiB;
const FOLDER = "/agent/disks/d";
const PLACE = "01".repeat(16);

interface Lost {
  readonly branch: string;
  readonly replica: TestReplica;
}

function isProtected({ state, writtenSequence, sendableSequence }: DiskFacts): boolean {
  return state === "protected" && writtenSequence === sendableSequence;
}

/** A disk with data in three blocks is protected, and lost; the machine that runs in its place has written another. */
async function lost(rig: ReverseRig): Promise<Lost> {
  let begun: { readonly branch: string; readonly point: number } | undefined;
  await rig.live(await rig.source(), async (host) => {
    await rig.until(host, isProtected);
    for (const at of [0, 7, 63]) await write(rig, host, at * BLOCK, Buffer.alloc(BLOCK, at + 1));
    const mark = await settled(rig, host);
    begun = { branch: mark.branch, point: mark.sequence };
    await rig.take(host);
  });
  assert.ok(begun !== undefined);
  const replica = rig.replica({ content: rig.held(begun.point), journaledSequence: begun.point });
  replica.write(20 * BLOCK, Buffer.alloc(BLOCK, 200));
  return { branch: begun.branch, replica };
}

async function settled(rig: ReverseRig, host: DiskHost): Promise<{ branch: string; sequence: number }> {
  if (host.live !== undefined) {
    await host.live.prepare();
    await host.live.pauseUpkeep();
    await host.live.hold([]);
  }
  const mark = await host.settleMark(rig.marks.raise());
  host.live?.resumeUpkeep();
  assert.ok(mark !== undefined);
  return mark;
}

async function write(rig: ReverseRig, host: DiskHost, offset: number, data: Uint8Array): Promise<void> {
  if (host instanceof ServedDisk) await host.device?.write(offset, data, { fua: true });
  else await rig.writeUnseen(offset, data);
}

async function placeOf(rig: ReverseRig, placeId = PLACE): Promise<PlannedPlace> {
  return { placeId, diskBytes: SIZE, seen: await seenOf(rig.disk) };
}

function planOf({ branch, replica }: Lost, place?: PlannedPlace): PlannedReverse {
  const plan = { failoverId: replica.id, branch, sequence: 1, whole: place !== undefined };
  return place === undefined ? plan : { ...plan, place };
}

async function completed(rig: ReverseRig, replica: TestReplica, plan: PlannedReverse): Promise<DiskFacts> {
  let facts: DiskFacts | undefined;
  await rig.live(await rig.reversed(replica, plan), async (host) => {
    replica.isHalted = true;
    facts = await rig.until(host, ({ reverse }) => reverse?.complete === true);
  });
  assert.ok(facts !== undefined);
  return facts;
}

/** Goes on from where the replica machine ended; what the target makes of it is the whole device. */
async function goneOn(rig: ReverseRig, replica: TestReplica): Promise<void> {
  const { id, branch, sequence } = replica;
  const origin: PlannedOrigin = { failoverId: id, branch, sequence, timeMicros: 1 };
  await rig.live(await rig.source(origin), async (host) => {
    const facts = await rig.until(host, isProtected);
    assert.deepEqual(facts.parent, { branch, sequence });
    await write(rig, host, 3 * BLOCK, Buffer.alloc(BLOCK, 9));
    const { sequence: through } = await settled(rig, host);
    await rig.take(host);
    const base = Buffer.concat([replica.content, Buffer.alloc(rig.disk.sizeBytes - SIZE)]);
    await rig.assertIs(rig.held(through, base), "the disk and its next point");
    const copied = rig.records.reduce((sum, record) => sum + ("length" in record ? record.length : 0), 0);
    assert.ok(copied <= BLOCK + (rig.disk.sizeBytes - SIZE) + BLOCK, `${copied} bytes were sent`);
  });
}

async function play(
  scenario: (rig: ReverseRig) => Promise<void>,
  capture: "splitter" | "tracker" = "splitter",
): Promise<void> {
  const rig = new ReverseRig({ seed: 11, sizeBytes: SIZE, capture, isSilent: true });
  await rig.clock.run(() => scenario(rig));
}

describe("a disk that is on another device from now on", () => {
  for (const capture of ["splitter", "tracker"] as const) {
    for (const sizeBytes of [SIZE, SIZE + TAIL]) {
      test(`of a ${capture} is compared, and brought what is not zero there, with ${sizeBytes - SIZE} bytes more than before`, async () => {
        await play(async (rig) => {
          const { branch, replica } = await lost(rig);
          rig.replace(sizeBytes);
          if (sizeBytes > SIZE) await rig.disk.write(SIZE, Buffer.alloc(TAIL, 77), { fua: true });
          const plan = planOf({ branch, replica }, await placeOf(rig));
          const { reverse } = await completed(rig, replica, plan);
          assert.partialDeepStrictEqual(reverse, { method: "compared", placeId: PLACE, complete: true });
          assert.deepEqual([reverse?.setBytes, reverse?.broughtBytes], [4 * BLOCK, 4 * BLOCK]);
          assert.equal(replica.readBytes, 4 * BLOCK, "zeroes are not sent");
          const tail = Buffer.alloc(sizeBytes - SIZE, 77);
          await rig.assertIs(Buffer.concat([replica.content, tail]), "the device, and what lies behind the disk");
          await goneOn(rig, replica);
        }, capture);
      });
    }
  }

  test("goes on without a copy on a host that never had it, also after a kill or a loss of power at any call", async () => {
    for (const how of ["kill", "crash"] as const) {
      for (let calls = 1, stopped = true; stopped; calls += 3) {
        await play(async (rig) => {
          const { branch, replica } = await lost(rig);
          rig.replace(SIZE);
          await rig.files.removeFolder(FOLDER);
          await completed(rig, replica, planOf({ branch, replica }, await placeOf(rig)));
          const { id, branch: overlay, sequence } = replica;
          const origin = { failoverId: id, branch: overlay, sequence, timeMicros: 1 };
          const open = async (): Promise<void> => {
            await rig.live(await rig.source(origin), async (host) => void (await rig.until(host, isProtected)));
          };
          stopped = await rig.stopsAt(calls, how, open);
          await goneOn(rig, replica);
        });
      }
    }
  });

  test("is compared although nothing tells it from the one that it was on", async () => {
    await play(async (rig) => {
      const { branch, replica } = await lost(rig);
      rig.replace(SIZE);
      // What an agent would do that does not know: the history proves a set, and the device has none of what that rests on.
      await completed(rig, replica, planOf({ branch, replica }, await placeOf(rig)));
      await rig.assertIs(replica.content, "the device");
    });
  });

  test("is not written where it does not hold what was seen on it", async () => {
    await play(async (rig) => {
      const { branch, replica } = await lost(rig);
      rig.replace(SIZE);
      const place = await placeOf(rig);
      await rig.disk.write(SIZE - 512, Buffer.alloc(512, 1), { fua: true });
      const running = rig.live(await rig.reversed(replica, planOf({ branch, replica }, place)), () =>
        rig.clock.sleep(1e6, new AbortController().signal),
      );
      await assert.rejects(running, { code: "device-not-as-seen" });
      assert.equal(rig.reverseWrites, 0);
      assert.equal(await readReverseRecord(rig.files, FOLDER), undefined, "nothing is begun");
      await completed(rig, replica, planOf({ branch, replica }, await placeOf(rig, "02".repeat(16))));
      await rig.assertIs(replica.content, "the device, once it was named as it is");
    });
  });

  test("begins anew when it is another one once more, whatever was brought to the one before", async () => {
    await play(async (rig) => {
      const { branch, replica } = await lost(rig);
      rig.replace(SIZE);
      const first = planOf({ branch, replica }, await placeOf(rig));
      await rig.live(await rig.reversed(replica, first), async (host) => {
        await rig.until(host, ({ reverse }) => reverse?.following === true);
      });
      await rig.assertIs(replica.content, "the first device");
      rig.replace(SIZE);
      await completed(rig, replica, planOf({ branch, replica }, await placeOf(rig, "02".repeat(16))));
      await rig.assertIs(replica.content, "the second device");
      await goneOn(rig, replica);
    });
  });

  test("is whole after a kill of its agent, or a loss of power, at any call", async () => {
    for (const how of ["kill", "crash"] as const) {
      for (let calls = 1, stopped = true; stopped; calls += 7) {
        await play(async (rig) => {
          const { branch, replica } = await lost(rig);
          rig.replace(SIZE + TAIL);
          const plan = planOf({ branch, replica }, await placeOf(rig));
          const bring = async (): Promise<void> => void (await completed(rig, replica, plan));
          stopped = await rig.stopsAt(calls, how, bring);
          if (!stopped) return;
          // The device has no number of its own: after the power came back it may be another, and is named again when it holds something else.
          await completed(rig, replica, plan);
          await rig.assertIs(Buffer.concat([replica.content, Buffer.alloc(TAIL)]), `stopped at call ${calls}`);
        });
      }
    }
  });
});
