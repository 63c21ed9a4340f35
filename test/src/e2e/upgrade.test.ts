// Agents become another version by order of their config server: real releases, installed as install.sh does, under writers that never stop, and every recovery
// point explained by what the writers know.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ApiClient } from "@leeward/api";
import { isFault, MiB } from "@leeward/base";
import { runProgram } from "../guest/program.ts";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { leeward } from "../harness/leeward-process.ts";
import { pointContent } from "../harness/point-content.ts";
import { fieldOf } from "../harness/shapes.ts";
import { unexplained } from "../oracle/explain.ts";
import { History, type MarkInterval } from "../oracle/history.ts";
import { fileOf, makeRelease } from "../release/made-release.ts";
import { NbdWriter } from "./nbd-writers.ts";

const MACHINE = "web";
const DISK_BYTES = 8 * MiB;
const WRITERS = 2;
const SEED = 4;
/** That the servers have. */
const NOW = "0.1.0";

let folder = "";
/** The archive of what the servers have. */
let newest = "";
let chain: Chain;
let client: ApiClient;
const disk = { id: "", uri: "" };
const history = new History();
const writers: NbdWriter[] = [];
const taken: { readonly id: string; readonly interval: MarkInterval }[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeward-upgrade-"));
  const [oldest, present] = await Promise.all([archiveOf("0.0.1"), archiveOf(NOW)]);
  newest = present;
  await runProgram("tar", ["-xzf", oldest, "-C", folder], {});
  const install = ["-r", "agent", "-d", `${folder}/installed`, "-q", "--no-service"];
  await runProgram(`${folder}/leeward-0.0.1-linux-x64/install.sh`, install, {});
  chain = await Chain.start({ machine: MACHINE, agentExecutable: `${folder}/installed/agent/leeward` });
  client = await chain.client();
  await protect();
});

after(async () => {
  for (const writer of writers) await writer.stop();
  client.close();
  await leeward(["agent", "stop", "--home", chain.agentHome]);
  await chain.stop({ keep: false });
  await rm(folder, { recursive: true, force: true });
});

test("a version that does not come up is left again, and one that does stays; no recovery point is lost to either", async (t) => {
  for (let index = 0; index < WRITERS; index += 1)
    writers.push(new NbdWriter({ disk: 0, uri: disk.uri, sizeBytes: DISK_BYTES }, history, SEED + index));
  for (const writer of writers) writer.start();
  await takePoint();
  assert.equal(await version(), "0.0.1");

  const newer = `${folder}/leeward-0.9.0-linux-x64.tar.gz`;
  await writeFile(newer, "never looked at");
  await chain.run("release", "add", newer, await brokenArchive("0.0.1", "0.0.5"));
  await refused(["--version", "0.9.0", MACHINE], "upgrade-servers-older");
  await refused(["--version", "0.0.7", MACHINE], "release-unknown");

  const failed = await upgradeTo("0.0.5", 1);
  assert.deepEqual(failed, { state: "failed", code: "upgrade-ended" });
  assert.equal(await version(), "0.0.1");
  await eventually("the machine is protected again", isProtected);
  await takePoint();

  await chain.run("release", "add", newest);
  const upgraded = await upgradeTo(NOW, 0);
  assert.deepEqual(upgraded, { state: "upgraded", code: null });
  assert.equal(await version(), NOW);
  assert.ok(await isProtected());
  await takePoint();
  assert.deepEqual(await upgradeTo(NOW, 0), { state: "upgraded", code: null });

  for (const writer of writers) await writer.pause();
  assert.ok(history.operations.length > 100, `${history.operations.length} operations`);
  const { items } = await client.call("listEvents", { query: { limit: 1_000 } });
  assert.deepEqual(
    items.filter(({ kind }) => kind === "disk-gap").map(({ message }) => message),
    [],
  );
  for (const { id, interval } of taken) {
    const contents = [{ disk: 0, bytes: await recovered(id) }];
    assert.deepEqual(unexplained({ operations: history.operations, interval, disks: contents }), [], `point ${id}`);
  }
  t.diagnostic(`${taken.length} points explained, ${history.operations.length} operations`);
});

async function archiveOf(as: string): Promise<string> {
  return fileOf(await makeRelease(`${folder}/release-${as}`, ["--kind", "tar", "--as", as]), /tar\.gz$/);
}

/** A release made of the unpacked one: it says another version and finds its settings right, and ends when it is started. */
async function brokenArchive(of: string, as: string): Promise<string> {
  const name = `leeward-${as}-linux-x64`;
  await rename(`${folder}/leeward-${of}-linux-x64`, `${folder}/${name}`);
  const script = `${folder}/${name}/program/leeward`;
  const text = await readFile(script, "utf8");
  const start = 'exec "$here/bin/node"';
  assert.ok(text.includes(start));
  const broken = `case "$*" in --version) echo ${as}; exit 0 ;; *--check*) ;; "agent start"*) exit 1 ;; esac`;
  await writeFile(script, text.replace(start, `${broken}\n${start}`));
  const archive = `${folder}/${name}.tar.gz`;
  await runProgram("tar", ["-I", "gzip -1", "-cf", archive, "-C", folder, name], {});
  return archive;
}

async function protect(): Promise<void> {
  const path = `${chain.sourceFolder}/disk.img`;
  await writeFile(path, "");
  await truncate(path, DISK_BYTES);
  const begun = await client.call("protectDisk", { params: { machine: MACHINE }, body: { path } });
  disk.id = begun.disk.id;
  disk.uri = await eventually("the disk takes clients", async () => {
    const { items } = await client.call("listDisks", { query: {} });
    return items.find(({ state }) => state === "protected")?.nbdUri ?? undefined;
  });
}

async function isProtected(): Promise<true | undefined> {
  const { items } = await client.call("listDisks", { query: {} });
  return items.every(({ state }) => state === "protected") ? true : undefined;
}

async function version(): Promise<string | null> {
  return (await client.call("showMachine", { params: { machine: MACHINE } })).agentVersion;
}

async function refused(args: readonly string[], code: string): Promise<void> {
  const run = await leeward(["agent", "upgrade", ...args, "--json", "--home", chain.serverHome]);
  assert.notEqual(run.code, 0);
  assert.equal(fieldOf(fieldOf(JSON.parse(run.stderr.trim().split("\n").at(-1) ?? ""), "error"), "code"), code);
}

/** What became of the machine. */
async function upgradeTo(wanted: string, exit: number): Promise<{ state: unknown; code: unknown }> {
  const args = ["agent", "upgrade", MACHINE, "--version", wanted, "--ready", "100", "--timeout", "200"];
  const run = await leeward([...args, "--json", "--home", chain.serverHome]);
  assert.equal(run.code, exit, `${run.stdout}\n${run.stderr}`);
  const [machine] = [fieldOf(JSON.parse(run.stdout), "machines")].flat();
  return { state: fieldOf(machine, "state"), code: fieldOf(fieldOf(machine, "error"), "code") ?? null };
}

/** While an agent is being started there may be none. */
async function takePoint(): Promise<void> {
  await eventually("a point", async () => {
    const requested = history.tick();
    try {
      const call = { params: { machine: MACHINE }, body: { timeoutSeconds: 20 } };
      const { id } = await client.call("createPoint", call, { timeoutMs: 30_000 });
      taken.push({ id, interval: { requested, returned: history.tick() } });
      return true;
    } catch (error) {
      if (!isFault(error)) throw error;
      return undefined;
    }
  });
}

function recovered(point: string): Promise<Buffer> {
  return pointContent(client, { machine: MACHINE, disk: disk.id, point });
}
