import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTime } from "@leeward/base";
import { type SimulatedClock, simulatedClock } from "@leeward/world/testing";
import fc from "fast-check";
import { NO_LIMIT } from "./bandwidth-schedule.ts";
import { parseBandwidth } from "./bandwidth-text.ts";
import { Throttle, type ThrottleOptions } from "./throttle.ts";
import { UTC } from "./time-zone.ts";

const KB = 1_000;

interface Sender {
  sentBytes: number;
  /** Looks whether it may send, as when something else has changed. */
  readonly look: () => void;
  readonly stop: () => void;
}

function setImpatient(clock: SimulatedClock, look: () => void = assert.fail): AbortController {
  const over = new AbortController();
  const again = (): void => {
    if (over.signal.aborted) return;
    look();
    clock.schedule(3_000, again);
  };
  again();
  return over;
}

/** Sends messages as long as it may. */
function sender(
  throttle: Throttle,
  clock: SimulatedClock,
  message: number | { readonly bytes: number; readonly onSent: (bytes: number) => void },
): Sender {
  const { bytes: messageBytes, onSent } = typeof message === "number" ? { bytes: message, onSent: undefined } : message;
  const state = { sentBytes: 0, isOver: false };
  const place = throttle.place(() => go());
  const go = (): void => {
    // A message takes a millisecond on its own.
    if (state.isOver || !place.ready()) return;
    state.sentBytes += messageBytes;
    onSent?.(messageBytes);
    place.spend(messageBytes);
    clock.schedule(1_000, go);
  };
  go();
  const stop = (): void => {
    state.isOver = true;
    place.pass();
  };
  return Object.assign(state, { look: go, stop });
}

async function play(
  work: (throttle: Throttle, clock: SimulatedClock) => Promise<void>,
  more: Partial<ThrottleOptions> & { readonly startMicros?: number } = {},
): Promise<void> {
  const clock = simulatedClock(more.startMicros === undefined ? {} : { startMicros: more.startMicros });
  const throttle = new Throttle({ clock, zone: UTC, ...more });
  const over = new AbortController();
  const running = throttle.run(over.signal).catch(() => undefined);
  await work(throttle, clock);
  over.abort();
  await running;
}

test("senders together get what the limit allows, each as many messages as the others", async () => {
  await play(async (throttle, clock) => {
    throttle.set(parseBandwidth("1MB/s"));
    const senders = [50 * KB, 50 * KB, 50 * KB].map((bytes) => sender(throttle, clock, bytes));
    // Who asks again and again has no more turns for it.
    const impatience = setImpatient(clock, senders[1]?.look);
    await clock.advance(10_000);
    impatience.abort();
    const sent = senders.map(({ sentBytes }) => sentBytes);
    const all = sent.reduce((sum, bytes) => sum + bytes, 0);
    assert.ok(all <= 10_000 * KB + 100 * KB + 50 * KB && all >= 9_900 * KB, String(all));
    assert.ok(Math.max(...sent) - Math.min(...sent) <= 50 * KB, sent.join(" "));
    assert.equal(throttle.status().sentBytes, all);
    const waitedSeconds = throttle.status().waitedMicros / 1e6;
    assert.ok(waitedSeconds > 9 && waitedSeconds <= 10, String(waitedSeconds));
  });
});

test("whatever is sent by whomever, no stretch of time under one limit holds more than the limit, what may be caught up, and one message", async () => {
  const limits = fc.array(fc.integer({ min: 10_000, max: 5_000_000 }), { minLength: 1, maxLength: 5 });
  const sizes = fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(limits, sizes, async (rates, messages) => {
      await play(async (throttle, clock) => {
        for (const bytesPerSecond of rates) {
          throttle.set({ bytesPerSecond, windows: [] });
          // A pause in which something could be saved up.
          await clock.advance(2_000);
          const sent: { micros: number; bytes: number }[] = [];
          const onSent = (bytes: number): void => void sent.push({ micros: clock.monotonicMicros(), bytes });
          const senders = messages.map((bytes) => sender(throttle, clock, { bytes, onSent }));
          await clock.advance(3_000);
          for (const { stop } of senders) stop();
          for (const [index, first] of sent.entries()) {
            let bytes = 0;
            for (const next of sent.slice(index)) {
              const allowed = bytesPerSecond * ((next.micros - first.micros) / 1e6 + 0.1);
              assert.ok(bytes <= allowed + 1, `${bytes} bytes, where ${allowed} are allowed`);
              bytes += next.bytes;
            }
          }
        }
      });
    }),
    { numRuns: 12 },
  );
});

test("a message longer than a second's worth goes whole, and is paid for afterwards", async () => {
  await play(async (throttle, clock) => {
    throttle.set(parseBandwidth("100kB/s"));
    const large = sender(throttle, clock, 1_000 * KB);
    await clock.advance(9_900);
    assert.equal(large.sentBytes, 1_000 * KB);
    await clock.advance(200);
    assert.equal(large.sentBytes, 2_000 * KB);
  });
});

test("another limit is in force at once, also for those that wait, and none lets all of them go", async () => {
  await play(async (throttle, clock) => {
    throttle.set(parseBandwidth("100kB/s"));
    const [first, second] = [sender(throttle, clock, 1_000 * KB), sender(throttle, clock, 1_000 * KB)];
    await clock.advance(1_000);
    assert.equal(first.sentBytes + second.sentBytes, 1_000 * KB);
    throttle.set(parseBandwidth("10MB/s"));
    await clock.advance(1_000);
    const sent = first.sentBytes + second.sentBytes;
    assert.ok(sent >= 10_000 * KB && sent <= 13_000 * KB, String(sent));
    throttle.set(parseBandwidth("10kB/s"));
    await clock.advance(1_000);
    const before = first.sentBytes + second.sentBytes;
    throttle.set(NO_LIMIT);
    await clock.advance(100);
    assert.ok(first.sentBytes + second.sentBytes >= before + 190 * 1_000 * KB);
    first.stop();
    second.stop();
  });
});

test("a limit follows its windows and a clock that is set, and says until when it holds", async () => {
  const told: number[] = [];
  const options = { onChange: () => told.push(1), startMicros: parseTime("2026-11-20T07:59:50Z") };
  await play(async (throttle, clock) => {
    throttle.set(parseBandwidth("unlimited; mon-fri 08:00-18:00 100kB/s"));
    assert.equal(throttle.status().untilMicros, parseTime("2026-11-20T08:00:00Z"));
    assert.equal(throttle.status().bytesPerSecond, 0);
    await clock.advance(10_000);
    assert.deepEqual(told, [1], "also when nobody sends");
    const one = sender(throttle, clock, 10 * KB);
    await clock.advance(10_000);
    assert.ok(one.sentBytes <= 1_020 * KB && one.sentBytes >= 980 * KB, String(one.sentBytes));
    assert.equal(throttle.status().untilMicros, parseTime("2026-11-20T18:00:00Z"));
    clock.stepWall(12 * 3_600 * 1e6);
    await clock.advance(100);
    assert.ok(one.sentBytes >= 1_500 * KB, "in the evening");
    clock.stepWall(-12 * 3_600 * 1e6);
    await clock.advance(200);
    assert.equal(throttle.status().bytesPerSecond, 100 * KB);
    one.stop();
  }, options);
});

test("who has a turn and does nothing with it holds nobody up for long", async () => {
  await play(async (throttle, clock) => {
    throttle.set(parseBandwidth("1MB/s"));
    const busy = sender(throttle, clock, 200 * KB);
    const stuck = throttle.place(() => undefined);
    assert.equal(stuck.ready(), false);
    await clock.advance(5_000);
    assert.ok(busy.sentBytes >= 3_500 * KB, String(busy.sentBytes));
    assert.ok(throttle.status().waitedMicros <= 5e6);
  });
});

test("without a limit nothing waits, and what is sent is counted", async () => {
  const clock = simulatedClock();
  const throttle = new Throttle({ clock, zone: UTC });
  using place = throttle.place(() => assert.fail("nobody was told to wait"));
  for (let index = 0; index < 100; index += 1) {
    assert.equal(place.ready(), true);
    place.spend(KB);
  }
  const { bytesPerSecond, untilMicros, waitedMicros, sentBytes, timeZone } = throttle.status();
  assert.deepEqual([bytesPerSecond, untilMicros, waitedMicros, sentBytes, timeZone], [0, 0, 0, 100 * KB, "UTC"]);
});

test("payload that is asked for takes turns among what is sent, and what an answer is shorter than it might be is given back", async () => {
  await play(async (throttle, clock) => {
    throttle.set(parseBandwidth("1MB/s"));
    const over = new AbortController();
    const sent = sender(throttle, clock, 100 * KB);
    let answers = 0;
    const asker = async (): Promise<void> => {
      const question = {
        ask: () => clock.sleep(20, over.signal).then(() => 25 * KB),
        bytesOf: (bytes: number) => bytes,
      };
      for (; !over.signal.aborted; answers += 1) await throttle.asking(100 * KB, question, over.signal);
    };
    const askers = [asker(), asker()].map((each) => each.catch(() => undefined));
    await clock.advance(10_000);
    over.abort();
    await Promise.all(askers);
    const all = sent.sentBytes + answers * 25 * KB;
    assert.ok(
      all <= 10_000 * KB + 100 * KB + 300 * KB && all >= 9_600 * KB,
      `${sent.sentBytes} and ${answers} answers`,
    );
    // Each of the three has as many turns.
    assert.ok(Math.abs(answers - (2 * sent.sentBytes) / (100 * KB)) <= 6, `${sent.sentBytes} and ${answers} answers`);
    assert.equal(throttle.status().sentBytes, sent.sentBytes);
  });
});

test("a question that fails owes nothing, and one that is given up while it waits has no turn", async () => {
  await play(async (throttle, clock) => {
    throttle.set(parseBandwidth("1MB/s"));
    const { signal } = new AbortController();
    const bytesOf = (bytes: number): number => bytes;
    const failing = { ask: () => Promise.reject<number>(new Error("away")), bytesOf };
    for (let turn = 0; turn < 50; turn += 1)
      await assert.rejects(throttle.asking(1_000 * KB, failing, signal), { message: "away" });
    const question = { ask: () => Promise.resolve(1_000 * KB), bytesOf };
    await throttle.asking(1_000 * KB, question, signal);
    const given = new AbortController();
    const waiting = throttle.asking(1_000 * KB, question, given.signal);
    given.abort(new Error("enough"));
    await assert.rejects(waiting, { message: "enough" });
    const next = throttle.asking(1_000 * KB, question, signal).then(() => clock.monotonicMicros());
    await clock.advance(5_000);
    assert.ok((await next) <= 1_200_000, String(await next));
  });
});

test("what was asked for without a limit gives nothing back under one that came meanwhile", async () => {
  await play(async (throttle, clock) => {
    const { signal } = new AbortController();
    const answer = Promise.withResolvers<number>();
    const bytesOf = (bytes: number): number => bytes;
    const asked = throttle.asking(1_000 * KB, { ask: () => answer.promise, bytesOf }, signal);
    await clock.advance(10);
    throttle.set(parseBandwidth("100kB/s"));
    const sent = sender(throttle, clock, 50 * KB);
    answer.resolve(0);
    await asked;
    await clock.advance(10_000);
    assert.ok(sent.sentBytes <= 1_000 * KB + 10 * KB + 50 * KB, String(sent.sentBytes));
  });
});
