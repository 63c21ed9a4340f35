// Agents pushed to five machines at once, each with a real sshd of its own: one of them works and is protected, four cannot be, and each says why; and nothing is left
// on those, nor of any secret anywhere.
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runProgram } from "../guest/program.ts";
import { eventually } from "../harness/eventually.ts";
import { leeward } from "../harness/leeward-process.ts";
import { fieldOf } from "../harness/shapes.ts";
import type { Machine } from "./machine.ts";
import { PushHouse, pushSkip, START, TRACES } from "./push-house.ts";

const PASSWORD = "an-unlikely 'password' $7";
const WRONG = "another-unlikely-password-8";
const ALPINE = 'ID=alpine\nPRETTY_NAME="Alpine Linux v3.20"';
describe("agents that are pushed over SSH", { skip: pushSkip() }, () => {
  let house: PushHouse;
  let folder: string;
  let home: string;
  let machines: Readonly<Record<"good" | "full" | "foreign" | "dead" | "locked", Machine>>;

  before(async () => {
    house = await PushHouse.start();
    ({ folder, home } = house);
    const start = (name: string, more: { optMib?: number; osRelease?: string } = {}): Promise<Machine> =>
      house.machine({ name, password: PASSWORD, ...more });
    machines = {
      good: await start("good"),
      full: await start("full", { optMib: 16 }),
      foreign: await start("foreign", { osRelease: ALPINE }),
      dead: await start("dead"),
      locked: await start("locked"),
    };
    await machines.dead.cutOff();
  });
  after(() => house[Symbol.asyncDispose]());

  const operator: PushHouse["operator"] = (...args) => house.operator(...args);

  async function passwordFile(name: string, password: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, `${password}\n`, { mode: 0o600 });
    return path;
  }

  function itemsOf(document: unknown): unknown[] {
    const items = fieldOf(document, "items");
    assert.ok(Array.isArray(items));
    return items;
  }

  test("one is protected, four say clearly why not, and nothing is left on these", async () => {
    const { good, full, foreign, dead, locked } = machines;
    const before = await Promise.all([full, foreign, locked].map((machine) => machine.run(TRACES)));
    const right = ["--user", "root", "--password-file", await passwordFile("right", PASSWORD)];
    const wrong = ["--user", "root", "--password-file", await passwordFile("wrong", WRONG)];
    const key = (machine: Machine): string[] => ["--host-key", `${machine.address}=${machine.hostKey}`];
    const [many, alone] = await Promise.all([
      operator(
        ...["machine", "push", good.address, full.address, foreign.address, dead.address, ...right],
        ...[...key(good), ...key(full), ...key(foreign), ...key(dead), "--start-command", START, "--timeout", "600"],
      ),
      operator(
        "machine",
        "push",
        locked.address,
        ...wrong,
        ...key(locked),
        "--start-command",
        START,
        "--timeout",
        "600",
      ),
    ]);
    const pushes = [...itemsOf(many.document), ...itemsOf(alone.document)];
    const outcome = pushes.map((push) => [
      fieldOf(push, "state"),
      fieldOf(fieldOf(push, "error"), "code"),
      fieldOf(push, "undone"),
    ]);
    assert.deepEqual(outcome, [
      ["done", undefined, null],
      ["failed", "push-no-space", null],
      ["failed", "push-distribution-unsupported", null],
      ["failed", "push-host-unreachable", null],
      ["failed", "push-login-refused", null],
    ]);
    assert.deepEqual([many.code, alone.code], [1, 1]);
    for (const push of pushes.slice(1)) assert.ok(String(fieldOf(fieldOf(push, "error"), "remedy")).length > 20);
    assert.deepEqual(await Promise.all([full, foreign, locked].map((machine) => machine.run(TRACES))), before);

    const [machine] = itemsOf((await operator("machine", "list")).document);
    assert.deepEqual([fieldOf(machine, "name"), fieldOf(machine, "state")], ["good", "online"]);
    assert.equal(await good.run("ls -A /tmp /var/tmp; ls /var/lib/leeward"), "/tmp:\n\n/var/tmp:\nagent\n");
    await good.run("mkdir -p /srv && head -c 8M /dev/urandom > /srv/disk.img");
    const taken = await operator(
      "disk",
      "protect",
      "good",
      "--path",
      "/srv/disk.img",
      "--name",
      "disk",
      "--timeout",
      "300",
    );
    assert.equal(taken.code, 0, taken.stderr);
    await eventually("the machine's disk is protected", async () => {
      const [disk] = itemsOf((await operator("disk", "status", "good")).document);
      return fieldOf(disk, "state") === "protected" ? true : undefined;
    });
    assert.equal((await operator("point", "create", "good", "--timeout", "120")).code, 0);
  });

  test("a second push of the same machine is refused, and its agent goes on", async () => {
    const { good } = machines;
    const key = ["--user", "root", "--key", good.keyFile, "--host-key", good.hostKey, "--start-command", START];
    const { code, document } = await operator("machine", "push", good.address, ...key, "--timeout", "300");
    const [push] = itemsOf(document);
    assert.deepEqual([code, fieldOf(fieldOf(push, "error"), "code")], [1, "push-agent-present"]);
    const [machine] = itemsOf((await operator("machine", "list")).document);
    assert.equal(fieldOf(machine, "state"), "online");
  });

  test("a host key that nobody named, or another one, ends it before anything is given", async () => {
    const { locked, good } = machines;
    const login = ["--user", "root", "--key", locked.keyFile, "--start-command", START, "--timeout", "300"];
    const codes: unknown[] = [];
    for (const more of [[], ["--host-key", good.hostKey]]) {
      const [push] = itemsOf((await operator("machine", "push", locked.address, ...login, ...more)).document);
      codes.push(fieldOf(fieldOf(push, "error"), "code"));
    }
    assert.deepEqual(codes, ["push-host-key-unpinned", "push-host-key-mismatch"]);
  });

  test("what does not start is taken back whole, and its machine is no member", async () => {
    const { locked } = machines;
    const before = await locked.run(TRACES);
    const login = ["--user", "root", "--key", locked.keyFile, "--accept-host-key", "--timeout", "600"];
    const { document } = await operator(
      "machine",
      "push",
      locked.address,
      ...login,
      "--start-command",
      "echo no luck >&2; exit 3",
    );
    const [push] = itemsOf(document);
    const error = fieldOf(push, "error");
    assert.deepEqual(
      [fieldOf(error, "code"), fieldOf(push, "undone"), fieldOf(push, "hostKey")],
      ["push-start-failed", true, locked.hostKey],
    );
    assert.match(String(fieldOf(error, "message")), /no luck/);
    assert.equal(await locked.run(TRACES), before);
    assert.equal(itemsOf((await operator("machine", "list")).document).length, 1);
    const tokens = itemsOf((await operator("token", "list")).document).filter((each) =>
      String(fieldOf(each, "note")).includes(String(fieldOf(push, "id"))),
    );
    assert.deepEqual(
      tokens.map((each) => fieldOf(each, "state")),
      ["revoked"],
    );
  });

  test("an upgrade leaves the machine what it was, and an uninstall takes the agent away", async () => {
    const { good } = machines;
    const login = ["--user", "root", "--key", good.keyFile, "--host-key", good.hostKey, "--timeout", "600"];
    const [id] = itemsOf((await operator("machine", "list")).document).map((each) => fieldOf(each, "id"));
    const upgraded = await operator("machine", "upgrade", good.address, ...login, "--start-command", START);
    assert.equal(upgraded.code, 0, JSON.stringify(upgraded));
    const [machine] = itemsOf((await operator("machine", "list")).document);
    assert.deepEqual([fieldOf(machine, "id"), fieldOf(machine, "state")], [id, "online"]);
    const gone = await operator("machine", "uninstall", good.address, ...login);
    assert.equal(gone.code, 0, JSON.stringify(gone));
    assert.deepEqual(itemsOf((await operator("machine", "list")).document), []);
    assert.equal(await good.run("ls -A /opt; ls /var/lib/leeward/agent/identity 2> /dev/null"), "");
  });

  test("no secret is in what the servers keep, trace, or tell", async () => {
    const bundle = join(folder, "bundle.json.gz");
    assert.equal((await leeward(["support", "bundle", "--to", bundle, "--home", home])).code, 0);
    const secrets = [PASSWORD, WRONG, JSON.stringify(PASSWORD).slice(1, -1), "BEGIN OPENSSH PRIVATE KEY"];
    const told = [house.server.trace(2_000), await runProgram("zcat", [bundle])];
    for (const route of [["machine", "pushes"], ["job", "list"], ["events"]])
      told.push(JSON.stringify((await operator(...route)).document));
    for (const secret of secrets) {
      assert.ok(!told.some((text) => text.includes(secret)), `${secret} was told`);
      assert.deepEqual(await filesWith(home, secret), []);
    }
    // What is looked for is found where it is.
    assert.notDeepEqual(await filesWith(home, "push-no-space"), []);
    assert.ok(told.filter((text) => text.includes("push-no-space")).length > 2);
    // What is sealed went with the pushes, too.
    const rows = await runProgram(process.execPath, ["-e", COUNT_SEALED, `${home}/config-server/state.db`]);
    assert.equal(rows.trim(), "0 of 11");
  });
});

const COUNT_SEALED = `
const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync(process.argv[1], { readOnly: true });
const { all, sealed } = database.prepare("SELECT count(*) AS 'all', count(sealed) AS sealed FROM pushes").get();
console.log(sealed + " of " + all);
`;

async function filesWith(root: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path, "latin1")).includes(text)) found.push(path);
  }
  return found;
}
