// What there is of replica machines of one chain: a test that started some looks that nothing of them is left. Only what names the chain's folder is
// looked at, and what it started, so that others may run machines beside it.
import { readdir, readFile, readlink } from "node:fs/promises";
import { KeyStore } from "@leeward/identity";
import { Journal } from "@leeward/journal";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";
import { fieldOf } from "./shapes.ts";

/** A chain, as far as its replica machines are looked for. */
export interface ReplicaPlace {
  /** All of the chain lies below it, and every process of the chain names it. */
  readonly folder: string;
  /** Of its master target. */
  readonly targetHome: string;
}

const FOLDERS = ["replicas", "hosts/qemu", "hosts/libvirt", "hosts/none", "run", "overlays"];
const CONTROL_GROUPS = "/sys/fs/cgroup";

/** Records, sockets, overlays, opened points, processes and network namespaces; none when each has been removed. */
export async function replicaRemains({ folder, targetHome }: ReplicaPlace): Promise<string[]> {
  const names = await Promise.all(
    FOLDERS.map(async (name) =>
      (await namesIn(`${targetHome}/${name}`)).map((each) => `${targetHome}/${name}/${each}`),
    ),
  );
  // It is there from the first opened point on: a look at another place than the chain's throws.
  const opened = (await readFile(`${targetHome}/opened.json`, "utf8")).trim();
  const processes = await processesOf(folder);
  const machines = processes.filter(isMachine).map(({ line }) => line);
  return [...names.flat(), ...(opened === "[]" ? [] : [opened]), ...machines, ...(await ownNamespaces(processes))];
}

/** The command lines of replica machines. */
export async function replicaProcesses({ folder }: Pick<ReplicaPlace, "folder">): Promise<string[]> {
  return (await processesOf(folder)).filter(isMachine).map(({ line }) => line);
}

/** The command lines of all processes of the chain. */
export async function chainProcesses({ folder }: Pick<ReplicaPlace, "folder">): Promise<string[]> {
  return (await processesOf(folder)).map(({ line }) => line);
}

/** The control groups that were made for the failover. */
export async function controlGroupsOf(failoverId: string): Promise<string[]> {
  const names = await readdir(CONTROL_GROUPS, { recursive: true }).catch(nothing);
  return names.filter((name) => name.includes(failoverId));
}

/** Who holds points of the chain's journals. Its master target does not run. */
export async function pinsLeft({ targetHome }: Pick<ReplicaPlace, "targetHome">): Promise<string[]> {
  const files = nodeFiles({ io: "thread-pool" });
  const keyStore = await KeyStore.open({ clock: nodeClock, files }, `${targetHome}/identity`);
  const world = { clock: nodeClock, files, compute: nodeCompute(), random: nodeRandom };
  const pins: string[] = [];
  for (const journalFolder of await journalFolders(`${targetHome}/journal`)) {
    const keys: unknown = JSON.parse(await readFile(`${journalFolder}/keys.json`, "utf8"));
    const keyId = String(fieldOf(keys, "keyId"));
    const own = [fieldOf(keys, "wrappedKeys")]
      .flat()
      .find((each) => fieldOf(each, "recipient") === keyStore.identity?.id);
    const dataKey = { keyId, bytes: await keyStore.unwrap(String(fieldOf(own, "jwe")), keyId) };
    await using journal = await Journal.open(world, { folder: journalFolder, dataKey });
    pins.push(...journal.pins().map(({ owner, reason }) => `${owner}: ${reason}`));
  }
  return pins;
}

async function journalFolders(above: string): Promise<string[]> {
  const machines = await readdir(above);
  const disks = await Promise.all(
    machines.map(async (machine) =>
      (await readdir(`${above}/${machine}`)).map((disk) => `${above}/${machine}/${disk}`),
    ),
  );
  return disks.flat();
}

interface SeenProcess {
  readonly pid: string;
  readonly parent: string;
  /** Its arguments. */
  readonly line: string;
}

function isMachine({ line }: SeenProcess): boolean {
  return line.split(" ", 1)[0]?.includes("qemu-system") === true;
}

/** Those whose arguments name the folder, and all that these started; a command that ends meanwhile is none. */
async function processesOf(folder: string): Promise<SeenProcess[]> {
  const all = await seenProcesses();
  const found = new Map(all.filter(({ line }) => line.includes(folder)).map((each) => [each.pid, each]));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const each of all) if (found.has(each.parent)) found.set(each.pid, each);
  }
  return [...found.values()];
}

async function seenProcesses(): Promise<SeenProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const seen = await Promise.all(
    pids.map(async (pid) => {
      const line = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(textOfNothing)).replaceAll("\0", " ");
      // The name in parentheses may hold spaces: what follows its end is state and parent.
      const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(textOfNothing);
      return { pid, parent: status.slice(status.lastIndexOf(")")).split(" ")[2] ?? "", line };
    }),
  );
  return seen.filter(({ line }) => line !== "");
}

/** Network namespaces, other than ours, that any of them is in. */
async function ownNamespaces(processes: readonly SeenProcess[]): Promise<string[]> {
  const ours = await readlink("/proc/self/ns/net");
  const found = await Promise.all(processes.map(({ pid }) => readlink(`/proc/${pid}/ns/net`).catch(textOfNothing)));
  return [...new Set(found.filter((name) => name !== "" && name !== ours))];
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(nothing);
}

/** Of what is not there, or has ended while it was looked at. */
function nothing(): string[] {
  return [];
}

function textOfNothing(): string {
  return "";
}
