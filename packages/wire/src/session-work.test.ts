import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionFailure, Fault, orAborted } from "@leeward/base";
import { memoryChannelPair, simulatedClock } from "@leeward/world/testing";
import { Session, workOn } from "./index.ts";

const NEVER = new AbortController().signal;

type Work = (session: Session, signal: AbortSignal) => Promise<void>;

/** How the two ends of one session end when each does its work. */
async function endings(near: Work, far: Work): Promise<unknown[]> {
  const clock = simulatedClock();
  return await clock.run(async () => {
    const channels = memoryChannelPair();
    const own = { clock, softwareVersion: "1" };
    const sessions = await Promise.all([
      Session.connect(channels[0], own, NEVER),
      Session.accept(channels[1], own, NEVER),
    ]);
    const ends = [workOn(sessions[0], NEVER, near), workOn(sessions[1], NEVER, far)];
    return (await Promise.allSettled(ends)).map((end): unknown => (end.status === "rejected" ? end.reason : undefined));
  });
}

const listen: Work = async (session) => {
  for await (const message of session.messages()) assert.ok(message);
};
const wait: Work = (_session, signal) => orAborted(new Promise(() => {}), signal);

test("work that is done ends the session at both ends without a fault", async () => {
  assert.deepEqual(await endings(async () => {}, listen), [undefined, undefined]);
  assert.deepEqual(await endings(async () => {}, wait), [undefined, undefined]);
});

test("a Fault of the work is thrown here and there", async () => {
  const fault = new Fault({
    code: "epoch-old",
    kind: "operator",
    message: "A newer one is known.",
    remedy: "Mend it.",
  });
  const [here, there] = await endings(() => Promise.reject(fault), listen);
  assert.equal(here, fault);
  assert.ok(there instanceof Fault);
  assert.deepEqual([there.code, there.kind], ["epoch-old", "operator"]);
});

test("a mistake in the work ends the session too, and is thrown as it is", async () => {
  const mistake = new AssertionFailure("ours");
  const [here, there] = await endings(() => Promise.reject(mistake), wait);
  assert.equal(here, mistake);
  assert.equal(there, undefined);
});
