// Pushes in whose middle a server is killed, or that are called off: what was begun is taken back whole, and the next push of the machine works.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../harness/eventually.ts";
import { fieldOf } from "../harness/shapes.ts";
import type { Machine } from "./machine.ts";
import { PushHouse, pushSkip, START, TRACES } from "./push-house.ts";

const LIMIT_MS = 300_000;
/** The agent begins when a test says so. */
const HELD_START = `setsid sh -c 'until [ -e /srv/go ]; do sleep 0.2; done; exec ${START.replace(/^setsid | >.*$/g, "")}' > /dev/null 2>&1 < /dev/null &`;

describe("a push that is interrupted", { skip: pushSkip() }, () => {
  let house: PushHouse;
  let machine: Machine;
  let login: readonly string[];
  let untouched: string;

  before(async () => {
    house = await PushHouse.start();
    machine = await house.machine({ name: "web", password: "not-asked-for" });
    login = ["--user", "root", "--key", machine.keyFile, "--host-key", machine.hostKey];
    untouched = await machine.run(TRACES);
  });
  after(() => house[Symbol.asyncDispose]());

  async function show(id: string): Promise<unknown> {
    const { document } = await house.operator("machine", "show-push", id);
    return document;
  }

  /** Orders a push, and settles when it is in a state. */
  async function pushUntil(state: string, startCommand = HELD_START): Promise<string> {
    const order = [machine.address, ...login, "--start-command", startCommand, "--no-wait"];
    const { document, stderr } = await house.operator("machine", "push", ...order);
    const [push] = [fieldOf(document, "items")].flat();
    const id = String(fieldOf(push, "id"));
    assert.match(id, /^[0-9a-f]+$/, stderr);
    await eventually(
      `the push is ${state}`,
      async () => (fieldOf(await show(id), "state") === state ? true : undefined),
      LIMIT_MS,
    );
    return id;
  }

  async function ended(id: string): Promise<unknown> {
    return eventually(
      "the push has ended",
      async () => {
        const push = await show(id);
        return ["done", "failed"].includes(String(fieldOf(push, "state"))) ? push : undefined;
      },
      LIMIT_MS,
    );
  }

  async function assertTakenBack(push: unknown): Promise<void> {
    assert.deepEqual([fieldOf(push, "state"), fieldOf(push, "undone")], ["failed", true], JSON.stringify(push));
    assert.equal(await machine.run(TRACES), untouched);
    assert.deepEqual(fieldOf((await house.operator("machine", "list")).document, "items"), []);
  }

  for (const role of ["config-server", "process-server"]) {
    test(`is taken back when the ${role} is killed while the machine is changed`, async () => {
      const id = await pushUntil("changing");
      await house.killDaemon(role);
      await assertTakenBack(await ended(id));
    });
  }

  async function callOff(): Promise<void> {
    const jobs = [fieldOf((await house.operator("job", "list")).document, "items")].flat();
    const job = jobs.find((each) => fieldOf(each, "state") === "running");
    assert.equal((await house.operator("job", "cancel", String(fieldOf(job, "id")))).code, 0);
  }

  test("is taken back when it is called off", async () => {
    const id = await pushUntil("changing");
    await callOff();
    await assertTakenBack(await ended(id));
  });

  test("is taken back only once what it began there has ended", async () => {
    const slow = "touch /srv/begun; until [ -e /srv/slow ]; do sleep 0.2; done";
    const id = await pushUntil("changing", slow);
    const holds = (command: string) => async () => ((await machine.tryRun(command)).code === 0 ? true : undefined);
    await eventually("it is being installed", holds("test -e /srv/begun"), LIMIT_MS);
    await callOff();
    const waits = `for each in $(pgrep -f 'leeward-push-${id}-'); do pgrep -P $each -x sleep && exit; done; exit 1`;
    await eventually(
      "its undoing waits",
      async () => {
        assert.notEqual(fieldOf(await show(id), "state"), "failed", "it is still being installed");
        return holds(waits)();
      },
      LIMIT_MS,
    );
    await machine.run("test -e /opt/leeward/agent/VERSION");
    await machine.run("touch /srv/slow");
    await assertTakenBack(await ended(id));
  });

  test("goes on when the config server is killed once the machine was changed", async () => {
    const id = await pushUntil("awaiting");
    await house.killDaemon("config-server");
    await machine.run("touch /srv/go");
    const push = await ended(id);
    assert.equal(fieldOf(push, "state"), "done", JSON.stringify(push));
    const [found] = [fieldOf((await house.operator("machine", "list")).document, "items")].flat();
    assert.deepEqual([fieldOf(found, "name"), fieldOf(found, "state")], ["web", "online"]);
  });
});
