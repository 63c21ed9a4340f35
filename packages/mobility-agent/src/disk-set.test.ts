import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTime } from "@leeward/base";
import { isInWindow, Throttle, UTC } from "@leeward/daemon";
import type { PlannedDisk } from "@leeward/proto";
import { nodeClock } from "@leeward/world";
import { DiskFeed } from "./delivery/disk-feed.ts";
import type { DiskHost, DiskSettings } from "./disk/disk-host.ts";
import { DiskKeeper } from "./disk/disk-keeper.ts";
import { DiskSet, resyncWindowOf } from "./disk-set.ts";
import { diskNotServed } from "./faults.ts";

const PLANNED: PlannedDisk = {
  diskId: "dd".repeat(16),
  name: "data",
  path: "/disks/data",
  capture: "splitter",
  policy: {
    pointIntervalSeconds: 2,
    trackerPointIntervalSeconds: 300,
    applicationPointIntervalSeconds: 0,
    logBytesMax: 1,
    copyBytesPerSecondMax: 0,
  },
  processServerId: "aa".repeat(16),
  processServerAddresses: [],
};

/** A disk that is used until `left` is called. */
class UsedDisk implements DiskHost {
  readonly settings: DiskSettings;
  readonly live = undefined;
  readonly #left = Promise.withResolvers<void>();
  #isReleased = false;

  constructor(settings: DiskSettings) {
    this.settings = settings;
  }

  leave(): void {
    if (this.#isReleased) this.#left.resolve();
  }

  facts(): undefined {
    return undefined;
  }

  changed(): Promise<void> {
    return new Promise(() => undefined);
  }

  async settleMark(): Promise<undefined> {
    return undefined;
  }

  async settleWrites(): Promise<void> {
    // Nothing is written.
  }

  journaled(): void {
    // Nothing was sent.
  }

  deposited(): void {
    // Nothing was sent.
  }

  resync(): void {
    // Nobody asks for it.
  }

  compare(): Promise<never> {
    return Promise.reject(diskNotServed(this.settings));
  }

  recopy(): Promise<never> {
    return Promise.reject(diskNotServed(this.settings));
  }

  beginResync(): Promise<never> {
    return Promise.reject(diskNotServed(this.settings));
  }

  setPolicy(): void {
    // There is none that counts here.
  }

  release(): void {
    this.#isReleased = true;
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#left.resolve(), { once: true });
    if (signal.aborted) this.#left.resolve();
    await this.#left.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // `run` owns everything.
  }
}

test("a disk that leaves the plan is no disk of the plan any more, and stays open until nobody uses it", async () => {
  const hosts: UsedDisk[] = [];
  const released = Promise.withResolvers<string>();
  const set = new DiskSet({
    make: (planned) => {
      const { diskId, name, path } = planned;
      const policy = { logBytesMax: 1, copyBytesPerSecondMax: 0 };
      const settings = {
        diskId,
        capture: "splitter" as const,
        machineId: "m",
        name,
        path,
        folder: "/f",
        socketPath: "/s",
        bootId: "b",
        policy,
      };
      const openHost = (of: DiskSettings): UsedDisk => {
        const host = new UsedDisk(of);
        hosts.push(host);
        return host;
      };
      const none = (): void => undefined;
      const keeper = new DiskKeeper(
        { clock: nodeClock, settle: async () => settings, openHost, onState: none, onResync: none },
        settings,
      );
      const openFrames = (): never => assert.fail("nothing is sent");
      const throttle = new Throttle({ clock: nodeClock, zone: UTC });
      return { keeper, feed: new DiskFeed({ host: keeper, clock: nodeClock, epoch: () => 0, openFrames, throttle }) };
    },
    onFailure: (error) => released.reject(error),
    onReleased: (diskId) => released.resolve(diskId),
  });
  await set.apply([PLANNED]);
  while (hosts.length === 0) await nodeClock.sleep(1, AbortSignal.timeout(10_000));
  await set.apply([]);
  assert.deepEqual(set.all(), []);
  assert.equal(set.has(PLANNED.diskId), true);
  assert.equal(set.isReleasedAt(PLANNED.path), true);
  hosts[0]?.leave();
  assert.equal(await released.promise, PLANNED.diskId);
  assert.equal(set.has(PLANNED.diskId), false);
  assert.equal(set.isReleasedAt(PLANNED.path), false);
  await set.apply([PLANNED]);
  await set.apply([]);
  await set.apply([PLANNED]);
  assert.equal(set.all().length, 1, "one that returns to the plan is taken again");
  await set.close();
});

test("a rescan may read a disk when its plan says so, and always when it says nothing", () => {
  const office = { days: 31, fromMinute: 480, toMinute: 1_080 };
  const resyncWindow = { outside: true, hours: [office] };
  const planned = { ...PLANNED, policy: { ...PLANNED.policy, resyncWindow } };
  const [noon, night] = ["2026-11-20T12:00:00Z", "2026-11-20T20:00:00Z"].map(parseTime);
  assert.ok(noon !== undefined && night !== undefined);
  assert.deepEqual(
    [noon, night].map((at) => isInWindow(resyncWindowOf(planned), at, UTC)),
    [false, true],
  );
  assert.deepEqual(
    [noon, night].map((at) => isInWindow(resyncWindowOf(PLANNED), at, UTC)),
    [true, true],
  );
});
