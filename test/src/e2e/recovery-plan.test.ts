// A recovery plan through the whole chain: one machine with two disks, a script that is told of it, a person who is asked, and a cleanup after which
// nothing is left; the config server is killed while the person is waited for.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { CommandCheck } from "../cli/command-check.ts";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { leeward } from "../harness/leeward-process.ts";
import { disksOf, fieldOf } from "../harness/shapes.ts";

const MACHINE = "web";
const DISK_BYTES = 4 << 20;

describe("a recovery plan", () => {
  const check = new CommandCheck();
  let chain: Chain;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    for (const name of ["root", "data"]) {
      const path = `${chain.sourceFolder}/${name}.img`;
      await writeFile(path, randomBytes(DISK_BYTES));
      await chain.run("disk", "protect", MACHINE, "--path", path, "--name", name, "--timeout", "60");
    }
    await eventually("both disks are protected", async () =>
      disksOf(await chain.run("disk", "status")).every(({ state }) => state === "protected") ? true : undefined,
    );
    await chain.run("point", "create", MACHINE, "--timeout", "60");
  });
  after(async () => {
    // Nothing of a test that failed outlives it.
    await leeward(["failover", "cleanup", MACHINE, "--timeout", "100", "--home", chain.serverHome]);
    await chain.stop({ keep: false });
  });

  test("a test run starts the machine, has its script run, asks a person over a kill of the config server, and is cleaned up", async () => {
    const scripts = `${chain.serverHome}/config-server/scripts`;
    await mkdir(scripts, { mode: 0o755 });
    const out = `${chain.folder}/told`;
    const lines = `#!/bin/sh\necho "$LEEWARD_PLAN $LEEWARD_KIND $LEEWARD_MACHINE $LEEWARD_FAILOVER" >>${out}\necho told\n`;
    await writeFile(`${scripts}/tell`, lines, { mode: 0o755 });
    const file = `${chain.folder}/shop.yaml`;
    await writeFile(
      file,
      `name: shop
description: What the shop runs on.
steps:
  - machine: ${MACHINE}
    host: none
  - name: tell
    script: {file: tell, limitSeconds: 60}
    after: [${MACHINE}]
  - name: look
    manual: See that both disks are served.
    after: [tell]
  - name: rest
    wait: 1
    after: [look]
`,
    );
    const home = ["--home", chain.serverHome];
    await check.prints("plan import", ["--file", file, ...home]);
    const report = await check.prints("plan dry-run", ["shop", "--kind", "test", ...home]);
    assert.deepEqual(
      [fieldOf(report, "ok"), fieldOf(report, "waves")],
      [true, [[MACHINE], ["tell"], ["look"], ["rest"]]],
    );

    const begun = await check.prints("plan run", ["shop", "--kind", "test", "--no-wait", ...home]);
    const run = String(fieldOf(fieldOf(begun, "run"), "id"));
    const asking = await stepsWhen(run, "look", "asking");
    const failover = String(fieldOf(asking.get(MACHINE), "failover"));
    assert.match(String(fieldOf(asking.get("tell"), "said")), /exit code 0\ntold/);
    assert.equal(await readFile(out, "utf8"), `shop test ${MACHINE} ${failover}\n`);
    const shown = await chain.run("failover", "show", failover);
    assert.deepEqual([fieldOf(shown, "state"), [fieldOf(shown, "disks")].flat().length], ["running", 2]);

    await chain.killServerDaemon("config-server");
    await chain.untilOnline();
    assert.deepEqual(
      [...(await stepsWhen(run, "look", "asking")).values()].map((step) => fieldOf(step, "state")),
      ["done", "done", "asking", "waiting"],
    );
    await check.prints("plan continue", [run, "look", "--notes", "Both are there.", ...home]);
    const done = await stepsWhen(run, "rest", "done");
    assert.equal(fieldOf(done.get("look"), "notes"), "Both are there.");
    await eventually("it has ended", async () =>
      fieldOf(await chain.run("plan", "show-run", run), "state") === "succeeded" ? true : undefined,
    );
    assert.equal(await readFile(out, "utf8"), `shop test ${MACHINE} ${failover}\n`, "the script ran once");
    await chain.run("job", "wait", String(fieldOf(fieldOf(begun, "job"), "id")), "--timeout", "60");

    const cleaned = await check.prints("plan cleanup", [run, "--timeout", "100", ...home]);
    assert.equal(fieldOf(fieldOf(cleaned, "run"), "cleanup"), "done");
    assert.equal(fieldOf(await chain.run("failover", "show", failover), "state"), "cleaned-up");
    assert.deepEqual(await left(), []);
    assert.deepEqual([fieldOf(await chain.run("failover", "list", MACHINE), "items")].flat().length, 1);
  });

  test("a config server that is killed while a machine is begun, and again while a script runs, begins neither twice", async () => {
    const out = `${chain.folder}/begun`;
    const script = `#!/bin/sh\necho $$ >>${out}\nexec sleep 5\n`;
    await writeFile(`${chain.serverHome}/config-server/scripts/slow`, script, { mode: 0o755 });
    const file = `${chain.folder}/slow.yaml`;
    await writeFile(
      file,
      `{"name": "slow", "groups": [{"machines": [{"machine": "${MACHINE}", "host": "none"}], "last": [{"name": "pause", "wait": 3}, {"name": "slow", "script": {"file": "slow"}}]}]}`,
    );
    await chain.run("plan", "import", "--file", file);
    const before = [fieldOf(await chain.run("failover", "list", MACHINE), "items")].flat().length;
    const begun = await chain.run("plan", "run", "slow", "--kind", "test", "--no-wait");
    const run = String(fieldOf(fieldOf(begun, "run"), "id"));
    // The pause is for a machine that starts at once: the script has not begun by then.
    await chain.killServerDaemon("config-server");
    await chain.untilOnline();
    await eventually("the script runs", async () =>
      (await readFile(out, "utf8").catch(() => "")) === "" ? undefined : true,
    );
    await chain.killServerDaemon("config-server");
    await chain.untilOnline();
    const asking = await stepsWhen(run, "slow", "asking");
    assert.match(String(fieldOf(asking.get("slow"), "said")), /nobody knows how far it came/);
    await chain.run("plan", "continue", run, "slow");
    await chain.run("job", "wait", String(fieldOf(fieldOf(begun, "job"), "id")), "--timeout", "60");
    assert.equal(fieldOf(await chain.run("plan", "show-run", run), "state"), "succeeded");
    assert.equal((await readFile(out, "utf8")).trim().split("\n").length, 1, "the script was begun once");
    assert.equal([fieldOf(await chain.run("failover", "list", MACHINE), "items")].flat().length, before + 1);
    await chain.run("plan", "cleanup", run, "--timeout", "100");
    assert.deepEqual(await left(), []);
    // It ends by itself, as nobody ended it with the server that was killed.
    await eventually("the script has ended", async () =>
      (await readFile(`/proc/${(await readFile(out, "utf8")).trim()}/cmdline`, "utf8").catch(() => "")) === ""
        ? true
        : undefined,
    );
  });

  async function stepsWhen(run: string, name: string, state: string): Promise<Map<string, unknown>> {
    return eventually(`${name} is ${state}`, async () => {
      const steps = [fieldOf(await chain.run("plan", "show-run", run).catch(() => undefined), "steps")].flat();
      const byName = new Map(steps.map((step) => [String(fieldOf(step, "name")), step]));
      return fieldOf(byName.get(name), "state") === state ? byName : undefined;
    });
  }

  /** What there is of replica machines: records, sockets, overlays, opened points. */
  async function left(): Promise<string[]> {
    const home = `${chain.serverHome}/master-target`;
    const names = await Promise.all(
      ["replicas", "run", "overlays"].map(async (name) =>
        (await readdir(`${home}/${name}`).catch(() => [])).map((each) => `${name}/${each}`),
      ),
    );
    const opened = (await readFile(`${home}/opened.json`, "utf8")).trim();
    return [...names.flat(), ...(opened === "[]" ? [] : [opened])];
  }
});
