import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, type FaultKind } from "@leeward/base";
import { simulatedClock } from "@leeward/world/testing";
import type { DiskSettings } from "./disk-host.ts";
import { DiskKeeper } from "./disk-keeper.ts";

const NEVER = new AbortController().signal;
const SETTINGS: DiskSettings = {
  diskId: "dd".repeat(16),
  machineId: "aa".repeat(16),
  name: "data",
  capture: "tracker",
  path: "/dev/sdb",
  folder: "/agent/disks/d",
  socketPath: "",
  bootId: "bb".repeat(16),
  policy: { logBytesMax: 1 << 22, copyBytesPerSecondMax: 0 },
};

/** When a disk that cannot be opened was tried, in seconds; `scenario` plays meanwhile. */
async function triesDuring(
  kind: FaultKind,
  scenario: (keeper: DiskKeeper, sleep: (seconds: number) => Promise<void>) => Promise<void>,
): Promise<number[]> {
  const clock = simulatedClock();
  const tries: number[] = [];
  const keeper = new DiskKeeper(
    {
      clock,
      settle: async () => {
        tries.push(clock.monotonicMicros() / 1e6);
        throw new Fault({ code: "disk-missing", kind, message: "It has gone.", remedy: "Attach it again." });
      },
      openHost: () => assert.fail("a disk that was refused is not opened"),
      onState: () => undefined,
      onResync: () => undefined,
    },
    SETTINGS,
  );
  await clock.run(async () => {
    const stop = new AbortController();
    const running = keeper.run(stop.signal);
    await scenario(keeper, (seconds) => clock.sleep(seconds * 1_000, NEVER));
    stop.abort();
    await running;
  });
  return tries;
}

/** From one try to the next. */
function pauses(tries: readonly number[]): number[] {
  return tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
}

describe("a disk that cannot be opened", () => {
  test("for what a person must mend is tried again after 1, 2, 4, 8, 10 minutes, and then every 30", async () => {
    const tries = await triesDuring("operator", async (keeper, sleep) => {
      await sleep(150 * 60);
      assert.equal(keeper.fault?.code, "disk-missing");
    });
    assert.deepEqual(
      pauses(tries).map((seconds) => seconds / 60),
      [1, 2, 4, 8, 10, 30, 30, 30, 30],
    );
  });

  test("for what passes by itself is tried again soon, up to every 15 seconds", async () => {
    const tries = await triesDuring("transient", (_keeper, sleep) => sleep(60));
    assert.deepEqual(pauses(tries), [0.25, 0.5, 1, 2, 4, 8, 15, 15]);
  });

  test("is tried at once when what it was refused for may be over", async () => {
    const tries = await triesDuring("operator", async (keeper, sleep) => {
      await sleep(200);
      keeper.retry();
      await sleep(1);
    });
    assert.deepEqual(tries, [0, 60, 180, 200]);
  });

  test("is not tried any more once it is not protected", async () => {
    const tries = await triesDuring("operator", async (keeper, sleep) => {
      await sleep(10);
      keeper.release();
      await sleep(3_600);
    });
    assert.deepEqual(tries, [0]);
  });
});
