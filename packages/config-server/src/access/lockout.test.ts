import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { silentTrace } from "@leeward/daemon";
import { nodeClock } from "@leeward/world";
import { simulatedClock } from "@leeward/world/testing";
import { EventLog } from "../events/event-log.ts";
import { WRONG_PASSWORD_SUBJECTS_MAX, WRONG_PASSWORDS_OF_NAME } from "../limits.ts";
import { temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { Lockout } from "./lockout.ts";
import { Passwords } from "./node-password.ts";
import { Users } from "./users.ts";

const PASSWORD = "correct horse battery staple";

async function scene(t: TestContext) {
  const store = await openTestStore(await temporaryFolder(t));
  t.after(() => store[Symbol.dispose]());
  const clock = simulatedClock();
  const lockout = new Lockout(store, clock);
  const tried = (name: string, address: string): string => {
    try {
      lockout.begin(name, address);
      return "looked at";
    } catch (error) {
      return isFault(error) ? error.code : String(error);
    }
  };
  return { store, clock, lockout, tried };
}

void test("who comes with the right password while too many others are being looked at is not locked for it", async (t) => {
  const { store } = await scene(t);
  const world = { clock: nodeClock, random: seededRandom(1) };
  const events = new EventLog({ rows: store.events, clock: nodeClock, trace: silentTrace, kept: () => 1_000 });
  const lockout = new Lockout(store, nodeClock);
  const users = new Users({ world, store, events, passwords: await Passwords.open(), lockout });
  const by = { actor: { name: "test", address: null }, identity: "token:t" };
  const ada = await users.create({ name: "ada", role: "administrator", password: PASSWORD }, null, by);
  const said = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "in",
      (error: unknown) => (isFault(error) ? error.code : String(error)),
    );
  const others = Array.from({ length: 80 }, (_, index) => said(users.check(`n${index}`, "wrong", `10.0.${index}.1`)));
  const own: string[] = [];
  const actor = { name: "ada", address: "192.0.2.7" };
  const change = { password: PASSWORD, newPassword: `${PASSWORD}s`, keptSignIn: "" };
  for (let count = 0; count < WRONG_PASSWORDS_OF_NAME; count += 1) {
    own.push(await said(users.check("ada", PASSWORD, "192.0.2.7")));
    own.push(await said(users.changePassword(ada, change, actor)));
  }
  assert.deepEqual(new Set(own), new Set(["too-many-requests"]));
  assert.equal(lockout.lockedUntilMicros("ada"), null);
  await Promise.all(others);
  assert.equal(await said(users.check("ada", PASSWORD, "192.0.2.7")), "in");
});

void test("what is taken back leaves what was counted, and the lock of that", async (t) => {
  const { clock, lockout, tried } = await scene(t);
  for (let count = 1; count < WRONG_PASSWORDS_OF_NAME; count += 1) tried("ada", "10.0.0.1");
  tried("ada", "10.0.0.1");
  lockout.takeBack("ada", "10.0.0.1");
  assert.equal(lockout.lockedUntilMicros("ada"), null);
  tried("ada", "10.0.0.1");
  assert.equal(tried("ada", "10.0.0.1"), "sign-in-locked");
  await clock.advance(30_000);
  assert.equal(tried("ada", "10.0.0.1"), "looked at");
  lockout.takeBack("ada", "10.0.0.1");
  assert.equal(tried("ada", "10.0.0.1"), "sign-in-locked", "of before, from the last one on");
  await clock.advance(30_000);
  assert.equal(tried("ada", "10.0.0.1"), "looked at");
});

void test("however many names are tried from wherever, no lock gives way, and no count of more than theirs", async (t) => {
  const { clock, tried, store } = await scene(t);
  for (let count = 0; count < WRONG_PASSWORDS_OF_NAME; count += 1) tried("locked", `10.1.0.${count}`);
  for (let count = 1; count < WRONG_PASSWORDS_OF_NAME; count += 1) tried("nearly", `10.2.0.${count}`);
  await clock.advance(1_000);
  store.transaction(() => {
    for (let index = 0; index < WRONG_PASSWORD_SUBJECTS_MAX; index += 1) {
      clock.stepWall(1);
      assert.equal(tried(`n${index}`, `2001:db8:${index.toString(16)}::1`), "looked at");
    }
  });
  const { count = 0 } = store.wrongPasswords.of("address 20010db826000000") ?? {};
  assert.equal(count, 1, "the newest are there");
  assert.equal(store.wrongPasswords.of("address 20010db800000000"), undefined, "what is kept is bounded");
  assert.equal(tried("locked", "10.1.1.1"), "sign-in-locked");
  assert.equal(tried("nearly", "10.1.1.1"), "looked at");
  assert.equal(tried("nearly", "10.1.1.2"), "sign-in-locked");
  await clock.advance(86_401_000);
  for (let again = 1; again < WRONG_PASSWORDS_OF_NAME; again += 1)
    assert.equal(tried("nearly", "10.3.0.1"), "looked at", "after a day it begins anew");
});
