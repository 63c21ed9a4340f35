// A drill through the whole chain: the guest boots from a point, what it writes to its console is found, what does not answer fails the drill, the report is
// signed and says so, and nothing is left.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { peer } from "@leeward/nbd/testing";
import { bootDisk } from "@leeward/recovery-host/testing";
import { CommandCheck } from "../cli/command-check.ts";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { leeward } from "../harness/leeward-process.ts";
import { replicaRemains } from "../harness/replica-remains.ts";
import { disksOf, fieldOf } from "../harness/shapes.ts";

const MACHINE = "web";
const GREETING = "leeward drill";
const PNG_HEAD = "iVBORw0KGgo";

describe("drills", { skip: peer("qemu-system-x86_64").skip }, () => {
  const check = new CommandCheck();
  let chain: Chain;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    const path = `${chain.sourceFolder}/root.img`;
    await writeFile(path, bootDisk(GREETING));
    await chain.run("disk", "protect", MACHINE, "--path", path, "--name", "root", "--timeout", "60");
    await eventually("the disk is protected", async () =>
      disksOf(await chain.run("disk", "status")).every(({ state }) => state === "protected") ? true : undefined,
    );
  });
  after(async () => {
    // Nothing of a test that failed outlives it.
    await leeward(["failover", "cleanup", MACHINE, "--timeout", "100", "--home", chain.serverHome]);
    await chain.stop({ keep: false });
  });

  test("a machine whose console shows what is looked for passes, with proof, screen and times in a report that verifies", async () => {
    const run = await drill("--check", `console:${GREETING}`, "--check-timeout", "120s");
    assert.equal(run.code, 0, run.stderr);
    const document: unknown = JSON.parse(run.stdout);
    check.holds("drill run", document);
    const id = String(fieldOf(fieldOf(document, "drill"), "id"));
    const report = await verified(id);
    assert.equal(fieldOf(report, "outcome"), "passed");
    const [found] = [fieldOf(report, "checks")].flat();
    assert.equal(fieldOf(found, "ok"), true);
    assert.match(String(fieldOf(found, "said")), new RegExp(GREETING));
    const started = Number(fieldOf(fieldOf(report, "rto"), "startSeconds"));
    assert.ok(started > 0 && started < Number(fieldOf(found, "afterOrderSeconds")));
    assert.ok(Number(fieldOf(fieldOf(report, "rpo"), "seconds")) < 60);
    assert.ok(String(fieldOf(fieldOf(report, "screen"), "png")).startsWith(PNG_HEAD));
    const proof = fieldOf(report, "proof");
    const [disk] = [fieldOf(proof, "disks")].flat();
    assert.equal(fieldOf(proof, "result"), "equal");
    assert.match(String(fieldOf(disk, "before")), /^[0-9a-f]{64}$/);
    assert.equal(fieldOf(fieldOf(report, "cleanup"), "done"), true);
    assert.deepEqual(await replicaRemains(chain), []);

    const page = `${chain.folder}/${id}.html`;
    await chain.run("drill", "report", id, "--html", page);
    const html = await readFile(page, "utf8");
    assert.ok(html.includes(`data:image/png;base64,${PNG_HEAD}`) && html.includes("@media print"));
    assert.doesNotMatch(html, /https?:|<script/);
  });

  test("a port on which the guest does not answer fails the drill; it is cleaned up, reported, told and asked for", async () => {
    const run = await drill(
      "--check",
      `console:${GREETING}`,
      "--check",
      "tcp:22",
      "--check-timeout",
      "20s",
      "--proof",
      "none",
    );
    assert.equal(run.code, 1, run.stdout);
    const [newest] = [fieldOf(await chain.run("drill", "list", MACHINE), "items")].flat();
    const report = await verified(String(fieldOf(newest, "id")));
    const checks = [fieldOf(report, "checks")].flat();
    assert.deepEqual(
      checks.map((each) => [fieldOf(each, "check"), fieldOf(each, "ok")]),
      [
        [`console:${GREETING}`, true],
        ["tcp:22", false],
      ],
    );
    assert.equal(fieldOf(report, "outcome"), "failed");
    assert.equal(fieldOf(fieldOf(report, "cleanup"), "done"), true);
    assert.deepEqual(await replicaRemains(chain), []);
    const { stdout } = await leeward(["status", "--json", "--home", chain.serverHome]);
    assert.match(stdout, /"drill-failed"/);
  });

  test("a drill whose master target is killed while its machine is checked goes on, and says so", async () => {
    const running = drill("--check", `console:${GREETING}`, "--check", "tcp:22", "--check-timeout", "15s");
    await eventually("it is checked", async () => {
      const [newest] = [fieldOf(await chain.run("drill", "list", MACHINE), "items")].flat();
      return fieldOf(newest, "state") === "checking" ? newest : undefined;
    });
    await chain.killServerDaemon("master-target");
    assert.equal((await running).code, 1);
    const [newest] = [fieldOf(await chain.run("drill", "list", MACHINE), "items")].flat();
    const report = await verified(String(fieldOf(newest, "id")));
    const interruptions = [fieldOf(report, "interruptions")].flat();
    assert.ok(interruptions.some((each) => fieldOf(each, "state") === "checking"));
    assert.equal(fieldOf(fieldOf(report, "proof"), "result"), "equal");
    assert.equal(fieldOf(fieldOf(report, "cleanup"), "done"), true);
    assert.deepEqual(await replicaRemains(chain), []);
  });

  function drill(...settings: readonly string[]) {
    const own = ["--memory", "64", "--timeout", "300", "--json", "--home", chain.serverHome];
    return leeward(["drill", "run", MACHINE, ...settings, ...own]);
  }

  /** The report, checked by the command line against the installation's authority. */
  async function verified(id: string): Promise<unknown> {
    const signed = await chain.run("drill", "report", id);
    const file = `${chain.folder}/${id}.json`;
    await writeFile(file, JSON.stringify(signed));
    assert.equal(fieldOf(await chain.run("drill", "verify", file), "valid"), true);
    await writeFile(file, JSON.stringify(signed).replace(/"startSeconds":(\d)/, '"startSeconds":1$1'));
    const tampered = await leeward(["drill", "verify", file, "--home", chain.serverHome]);
    assert.equal(tampered.code, 7, tampered.stderr);
    return fieldOf(signed, "report");
  }
});
