// A protected machine is copied, disks and all, and the copy is started while the machine runs: nothing of it reaches the machine's replica, and the machine goes on.
// Then the copy becomes a machine of its own, and another copy takes the machine's place.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { MiB } from "@leeward/base";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { BLOCK_BYTES, triedWrite, writeBlocks } from "../harness/image-writes.ts";
import { Daemon, leeward, leewardJson } from "../harness/leeward-process.ts";
import { diskOf, disksOf, fieldOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "web";
const DISK_BYTES = 32 * MiB;

/** Another host: it has disks of its own where the first one has its. */
interface Host {
  readonly home: string;
  readonly disk: Buffer;
  readonly executable: string;
}

let chain: Chain;
let running: Daemon | undefined;
let uri = "";
before(async () => {
  chain = await Chain.start({ machine: MACHINE });
});
after(async () => {
  await running?.stop();
  await chain.stop({ keep: false });
});

test("nothing of a copy reaches the machine's replica, the machine goes on, and the copy's applications too", async () => {
  const disk = randomBytes(DISK_BYTES);
  const path = `${chain.sourceFolder}/data.img`;
  await writeFile(path, disk);
  const made = await chain.run("disk", "protect", MACHINE, "--path", path, "--name", "data", "--timeout", "100");
  uri = diskOf(made).nbdUri ?? "";
  await untilProtected(MACHINE);
  await writeBlocks(uri, disk, [3, 300]);
  await point();

  const copy = await copied("one");
  await started(copy);
  await eventually("the copy is refused", async () => ((await faultOf(copy)) === null ? undefined : true));
  const item = await eventually("everybody is told", () => itemOf("identity-copied"));
  assert.deepEqual([fieldOf(item, "severity"), fieldOf(item, "subject")], ["critical", MACHINE]);
  assert.match(String(fieldOf(item, "message")), /at 127\.0\.0\.1:\d+, and .* at 127\.0\.0\.1:\d+ has a copy/);
  assert.match(running?.trace(2_000) ?? "", /identity-copied/);
  await untilServed(copy);
  await writeBlocks(uriOf(copy), copy.disk, [5, 450, 505]);
  await writeBlocks(uri, disk, [4, 400]);
  assert.ok((await saved(MACHINE, await point())).equals(disk), "no byte of the copy is in the machine's history");

  // A copy that was refused is one also while the machine is off.
  await chain.killAgent();
  await eventually("the machine is away", async () => ((await machine("state")) === "offline" ? true : undefined));
  await running?.kill();
  await started(copy);
  await untilServed(copy);
  await writeBlocks(uriOf(copy), copy.disk, [6, 460]);
  await eventually(
    "the copy has been told once more",
    () => /identity-copied/.test(running?.trace(2_000) ?? "") || undefined,
  );
  assert.equal(await machine("state"), "offline");
  await chain.startAgent();
  await untilProtected(MACHINE);
  await writeBlocks(uri, disk, [7, 470]);
  assert.ok((await saved(MACHINE, await point())).equals(disk), "the machine is what it was");
  const kinds = [fieldOf(await chain.run("events"), "items")].flat().map((each) => fieldOf(each, "kind"));
  assert.deepEqual(
    kinds.filter((kind) => kind === "disk-resync"),
    [],
    "its history has no gap",
  );
  await running?.kill();

  const busy = await leeward(registration(await chain.makeAgentToken(), chain.agentHome, "twin"));
  assert.match(busy.stderr, /home-in-use|in use by another process/);
  await leewardJson(registration(await chain.makeAgentToken(), copy.home, "twin"));
  await started(copy);
  await eventually("the twin is there", async () => ((await machine("state", "twin")) === "online" ? true : undefined));
  assert.notEqual(await machine("id", "twin"), await machine("id"));
  assert.equal(await faultOf(copy), null);
  await chain.run("disk", "protect", "twin", "--path", path, "--name", "data", "--timeout", "100");
  await untilProtected("twin");
  assert.ok((await saved("twin", await point("twin"))).equals(copy.disk), "its history is its own");
  assert.ok((await saved(MACHINE, await point())).equals(disk), "and the machine's is the machine's");
  await running?.stop();
});

test("another copy takes the machine's place: its disks are copied onto branches of their own, and the first host is shut out", async () => {
  const before = await saved(MACHINE, await point());
  const id = await machine("id");
  const copy = await copied("two");
  await started(copy);
  await eventually("the copy is refused", async () => ((await faultOf(copy)) === null ? undefined : true));
  await untilServed(copy);
  await writeBlocks(uriOf(copy), copy.disk, [8, 480]);
  await running?.kill();
  const tokenFile = `${chain.folder}/machine.token`;
  const made = await leeward(["token", "create", "--role", "agent", "--machine", MACHINE, "--home", chain.serverHome]);
  assert.equal(made.code, 0, made.stderr);
  await writeFile(tokenFile, made.stdout, { mode: 0o600 });
  await leewardJson(registration(tokenFile, copy.home, "elsewhere"));
  await started(copy);
  await eventually(
    "the first host is told",
    () => /has taken this one's place/.test(chain.agent?.trace(400) ?? "") || undefined,
  );
  assert.equal(await machine("id"), id, "the machine is the one that it was");
  await untilProtected(MACHINE);
  const next = await point();
  assert.ok((await saved(MACHINE, next)).equals(copy.disk), "its history goes on with what the copy has");
  const [oldest] = [fieldOf(await chain.run("point", "list", MACHINE), "items")].flat();
  assert.ok(oldest !== undefined);
  assert.ok(!before.equals(copy.disk));
});

/** What copying the machine's disks makes, onto another host. */
async function copied(name: string): Promise<Host> {
  const [home, disks] = [`${chain.folder}/${name}-home`, `${chain.folder}/${name}-disks`];
  await promisify(execFile)("cp", ["-a", chain.agentHome, home]);
  await mkdir(disks);
  await copyFile(`${chain.sourceFolder}/data.img`, `${disks}/data.img`);
  const executable = `${chain.folder}/${name}`;
  const mount = `mount --bind '${disks}' '${chain.sourceFolder}' && exec "$0" "$@"`;
  const program = new URL("../../../leeward", import.meta.url).pathname;
  await writeFile(
    executable,
    `#!/bin/sh\nexec unshare -m sh -c '${mount.replaceAll("'", "'\\''")}' '${program}' "$@"\n`,
  );
  await chmod(executable, 0o700);
  return { home, disk: await readFile(`${disks}/data.img`), executable };
}

async function started({ home, executable }: Host): Promise<void> {
  running = await Daemon.start(["agent", "start", "--home", home], { LEEWARD_EXECUTABLE: executable });
}

function registration(tokenFile: string, home: string, name: string): string[] {
  const server = chain.server?.ready.apiUrl ?? "";
  const place = ["--server", server, "--token-file", tokenFile, "--home", home, "--name", name];
  return ["agent", "register", ...place, "--new-identity"];
}

/** The same disk's socket, in the copy's home. */
function uriOf({ home }: Host): string {
  return uri.replace(chain.agentHome, home);
}

async function untilServed(host: Host): Promise<void> {
  const same = host.disk.subarray(0, BLOCK_BYTES);
  await eventually("the copy's disk is served, and takes writes", async () =>
    (await triedWrite(uriOf(host), 0, same)) === "taken" ? true : undefined,
  );
}

async function faultOf({ home }: Host): Promise<unknown> {
  return fieldOf(await leewardJson(["agent", "status", "--home", home]), "fault");
}

async function itemOf(code: string): Promise<unknown> {
  const { stdout } = await leeward(["status", "--home", chain.serverHome, "--json"]);
  return [fieldOf(JSON.parse(stdout), "items")].flat().find((each) => fieldOf(each, "code") === code);
}

async function machine(field: string, name = MACHINE): Promise<unknown> {
  return fieldOf(await chain.run("machine", "show", name), field);
}

async function point(name = MACHINE): Promise<string> {
  return pointOf(await chain.run("point", "create", name, "--timeout", "100")).id;
}

async function untilProtected(name: string): Promise<void> {
  await eventually(`${name} is protected`, async () => {
    const disks = disksOf(await chain.run("disk", "status", name));
    return disks.length > 0 && disks.every(({ state }) => state === "protected") ? true : undefined;
  });
}

async function saved(name: string, at: string): Promise<Buffer> {
  const file = `${chain.folder}/saved.img`;
  await chain.run("point", "save", name, "data", "--at", at, "--to", file, "--force", "--timeout", "100");
  return readFile(file);
}
