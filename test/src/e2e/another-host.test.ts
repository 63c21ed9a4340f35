// The host of a failed-over machine is lost, and another one takes its place, through the whole chain; agent and config server are killed on the way. The old
// host comes back, and is refused by everybody.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { MiB } from "@leeward/base";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { BLOCK_BYTES, triedWrite, writeBlocks } from "../harness/image-writes.ts";
import { Daemon, leeward, leewardJson } from "../harness/leeward-process.ts";
import { diskOf, disksOf, fieldOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "web";
const DISK_BYTES = 32 * MiB;

let chain: Chain;
let oldHost: Daemon | undefined;
before(async () => {
  chain = await Chain.start({ machine: MACHINE });
});
after(async () => {
  await oldHost?.stop();
  await chain.stop({ keep: false });
});

test("another host takes the machine's place, is brought what the replica machine has, over kills, and goes on; the old one stays shut out", async () => {
  const disk = randomBytes(DISK_BYTES);
  await writeFile(`${chain.sourceFolder}/data.img`, disk);
  const path = `${chain.sourceFolder}/data.img`;
  const made = await chain.run("disk", "protect", MACHINE, "--path", path, "--name", "data", "--timeout", "100");
  const oldUri = diskOf(made).nbdUri ?? "";
  await untilDiskIs("protected");
  const { id } = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "100"));
  const [machineId, policies] = [await field("id"), await chain.run("policy", "list")];
  await chain.killAgent();
  await eventually("the source is away", async () => ((await field("state")) === "online" ? undefined : true));
  await chain.run("failover", "unplanned", MACHINE, "--host", "none", "--force", "--timeout", "100");
  const replicaUri = await uriOfReplica();
  await writeBlocks(replicaUri, disk, [3, 300]);
  await refused("machine-not-takeable", "token", "create", "--role", "agent", "--machine", MACHINE);
  await chain.run("failover", "commit", MACHINE);

  const newHome = `${chain.folder}/new-host`;
  await registered(newHome);
  chain.agent = await Daemon.start(["agent", "start", "--home", newHome]);
  await chain.untilOnline();
  assert.equal(await field("id"), machineId, "the machine is the one that it was");
  await refused("disks-not-named", "reprotect", MACHINE);

  // The old host is back, and knows nothing of all this: it serves its disk until it is told.
  oldHost = await Daemon.start(["agent", "start", "--home", chain.agentHome]);
  await eventually("the old host takes no writes", () => isRefused(oldUri));
  await eventually("it says why", () =>
    /has taken this one's place/.test(oldHost?.trace(400) ?? "") ? true : undefined,
  );

  const fresh = `${chain.folder}/new-disks/data.img`;
  await (await open(fresh, "wx")).close();
  await truncate(fresh, DISK_BYTES);
  const order = leeward(["reprotect", MACHINE, "--disk", `data=${fresh}`, "--home", chain.serverHome]);
  await eventually("the order is stored", async () => ((await pathOfDisk()) === fresh ? true : undefined));
  await killBoth(newHome);
  await order;
  await chain.run("reprotect", MACHINE, "--timeout", "200");
  await writeBlocks(replicaUri, disk, [5, 400]);
  const failback = leeward(["failback", MACHINE, "--home", chain.serverHome]);
  await eventually("the machine is being failed back", async () =>
    fieldOf(await chain.run("failover", "show", MACHINE), "state") === "reversing" ? undefined : true,
  );
  await killBoth(newHome);
  await failback;
  const ended = await eventually("the machine is failed back", async () => {
    const [shown] = [fieldOf(await chain.run("failover", "list", MACHINE), "items")].flat();
    return fieldOf(shown, "state") === "failed-back" ? shown : undefined;
  });
  const [way] = [fieldOf(ended, "reverse")].flat();
  assert.equal(fieldOf(way, "method"), "compared");
  assert.ok(Number(fieldOf(way, "broughtBytes")) >= DISK_BYTES, "what was brought is shown");

  await untilDiskIs("protected");
  assert.ok((await readFile(fresh)).equals(disk), "the new host's disk is what the replica machine left");
  const [{ nbdUri } = { nbdUri: null }] = disksOf(await chain.run("disk", "status"));
  await writeBlocks(nbdUri ?? "", disk, [8, 100]);
  const next = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "100")).id;
  assert.ok((await saved(next)).equals(disk), "the next point is the new host's disk");
  assert.notDeepEqual(await saved(id), disk, "points of before stay");
  assert.deepEqual(await chain.run("policy", "list"), policies);
  const events = [fieldOf(await chain.run("events"), "items")].flat();
  assert.deepEqual(
    events.filter((each) => fieldOf(each, "kind") === "disk-resync"),
    [],
    "nothing was copied as a whole",
  );

  // It came back under its old plan, and is killed once more: what it was told holds.
  await oldHost.kill();
  oldHost = await Daemon.start(["agent", "start", "--home", chain.agentHome]);
  const before = await readFile(path);
  await eventually("the old host's disk is served again, and takes no writes", () => isRefused(oldUri));
  assert.ok((await readFile(path)).equals(before), "not even one before that");
  assert.ok((await saved(next)).equals(disk), "nothing of the old host came into history");
  assert.equal(await field("state"), "online", "and it did not get between");
});

/** Enrols a host as the machine, with a token for that. */
async function registered(home: string): Promise<void> {
  const tokenFile = `${chain.folder}/machine.token`;
  const args = ["token", "create", "--role", "agent", "--machine", MACHINE, "--home", chain.serverHome];
  await writeFile(tokenFile, (await leeward(args)).stdout, { mode: 0o600 });
  await mkdir(`${chain.folder}/new-disks`);
  const place = [
    "--server",
    chain.server?.ready.apiUrl ?? "",
    "--token-file",
    tokenFile,
    "--home",
    home,
    "--name",
    "elsewhere",
  ];
  const made = await leewardJson(["agent", "register", ...place, "--protectable", `${chain.folder}/new-disks`]);
  assert.equal(fieldOf(made, "name"), MACHINE);
  await rm(tokenFile);
}

async function killBoth(home: string): Promise<void> {
  await chain.killAgent();
  await chain.killServerDaemon("config-server");
  chain.agent = await Daemon.start(["agent", "start", "--home", home]);
  await chain.untilOnline();
}

async function refused(code: string, ...args: readonly string[]): Promise<void> {
  const { code: exit, stderr } = await leeward([...args, "--home", chain.serverHome, "--json"]);
  assert.equal(exit, 4, stderr);
  assert.match(stderr, new RegExp(`"${code}"`));
}

async function field(name: string): Promise<unknown> {
  return fieldOf(await chain.run("machine", "show", MACHINE), name);
}

async function pathOfDisk(): Promise<unknown> {
  const [disk] = disksOf(await chain.run("disk", "status"));
  return disk === undefined ? undefined : Reflect.get(disk, "path");
}

async function untilDiskIs(state: string): Promise<void> {
  await eventually(`the disk is ${state}`, async () =>
    disksOf(await chain.run("disk", "status")).every((each) => each.state === state) ? true : undefined,
  );
}

async function uriOfReplica(): Promise<string> {
  return eventually("the replica machine's disk is told", async () => {
    const [shown] = [fieldOf(await chain.run("failover", "show", MACHINE), "disks")].flat();
    const uri = fieldOf(shown, "nbdUri");
    return typeof uri === "string" ? uri : undefined;
  });
}

async function saved(point: string): Promise<Buffer> {
  const file = `${chain.folder}/saved.img`;
  await chain.run("point", "save", MACHINE, "data", "--at", point, "--to", file, "--force", "--timeout", "100");
  return readFile(file);
}

/** Whether the disk is served, and takes no writes: each try has other content, which would show. */
async function isRefused(uri: string): Promise<true | undefined> {
  return (await triedWrite(uri, BLOCK_BYTES, randomBytes(4_096))) === "refused" ? true : undefined;
}
