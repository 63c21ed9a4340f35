import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault, type FaultKind, seededRandom } from "@leeward/base";
import { simulatedClock } from "@leeward/world/testing";
import { reconnecting } from "./index.ts";

/** When each of `count` attempts began, in milliseconds, when each fails with `kind` after `lastsMs`. */
async function attempts(
  kind: FaultKind | ((attempt: number) => FaultKind),
  { count, lastsMs = 0 }: { count: number; lastsMs?: number },
): Promise<number[]> {
  const clock = simulatedClock();
  const begun: number[] = [];
  const stop = new AbortController();
  await clock.run(() =>
    reconnecting(
      {
        clock,
        random: seededRandom(7),
        session: async (signal) => {
          begun.push(clock.monotonicMicros() / 1_000);
          if (begun.length === count) stop.abort(new Error("enough"));
          await clock.sleep(lastsMs, signal);
          const now = typeof kind === "string" ? kind : kind(begun.length);
          throw new Fault({ code: "x", kind: now, message: "It failed.", remedy: "Mend it." });
        },
      },
      stop.signal,
    ),
  );
  return begun;
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

test("a transient fault is tried again soon, then more slowly, never more than 15 s apart", async () => {
  const expected = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];
  const waits = gaps(await attempts("transient", { count: 10 }));
  waits.forEach((wait, index) => {
    const most = expected[index] ?? 0;
    assert.ok(wait >= most / 2 && wait <= most, `${wait} of ${most}`);
  });
  assert.equal(waits.length, 9);
});

test("a session that held for a while begins the schedule anew", async () => {
  for (const wait of gaps(await attempts("transient", { count: 6, lastsMs: 40_000 }))) assert.ok(wait <= 40_250);
});

test("what a person must mend is tried again within seconds, since it may pass, and then in minutes", async () => {
  for (const kind of ["operator", "protocol"] as const) {
    const waits = gaps(await attempts(kind, { count: 7 }));
    const expected = [1_000, 2_000, 4_000, 60_000, 120_000, 240_000];
    for (const [index, most] of expected.entries()) {
      const wait = waits[index] ?? 0;
      assert.ok(wait >= most / 2 && wait <= most, `${wait} of ${most}`);
    }
  }
});

test("a refusal after a long outage does not wait for longer than the first one", async () => {
  const waits = gaps(await attempts((attempt) => (attempt < 12 ? "transient" : "operator"), { count: 14 }));
  assert.ok(
    waits.slice(-2).every((wait) => wait <= 2_000),
    waits.join(),
  );
});

test("a broken history and a mistake of ours are not tried again", async () => {
  await assert.rejects(attempts("discontinuity", { count: 3 }), { code: "x" });
  await assert.rejects(attempts("corruption", { count: 3 }), { code: "x" });
  const clock = simulatedClock();
  const session = (): Promise<void> => Promise.reject(new RangeError("ours"));
  const running = clock.run(() =>
    reconnecting({ clock, random: seededRandom(1), session }, new AbortController().signal),
  );
  await assert.rejects(running, RangeError);
});

test("it ends at once when its signal aborts, also while it waits", async () => {
  const clock = simulatedClock();
  const stop = new AbortController();
  await clock.run(async () => {
    const session = (): Promise<void> =>
      Promise.reject(new Fault({ code: "x", kind: "operator", message: "No.", remedy: "Mend it." }));
    const running = reconnecting({ clock, random: seededRandom(1), session }, stop.signal);
    await clock.sleep(5_000, new AbortController().signal);
    stop.abort(new Error("stop"));
    await running;
    assert.equal(clock.monotonicMicros(), 5_000_000);
  });
});
