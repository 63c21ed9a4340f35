// A protected machine of this machine's processes, whose power can fail.
//
// What stands for the machine: a PID namespace, so that all of its processes end at one moment, and the kernel's caches of its disks, which can write
// nothing once the disks are silent. The agent is told another boot id at each start, as a kernel that has booted would tell it. Not so real
// as a virtual machine (the kernel itself goes on), and a hundred times quicker.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MortalProcess } from "../guest/mortal-process.ts";
import { NbdBlockDevice } from "../guest/nbd-block-device.ts";
import { type FailingMachine, POWER_CUT_DISKS, POWER_CUT_SEED } from "../guest/power-cut-suite.ts";
import { VolatileDisks } from "../guest/volatile-disks.ts";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { checkFileSystem } from "../harness/loop-disk.ts";
import { RowWriter } from "../harness/rows.ts";

const execute = promisify(execFile);
const LEEWARD = fileURLToPath(new URL("../../../packages/leeward/src/main.ts", import.meta.url));
const ROWS = new URL("../harness/rows.ts", import.meta.url).href;
const ROW_PAUSE_MS = 20;

export class FailingHost implements FailingMachine {
  readonly chain: Chain;
  readonly disks: VolatileDisks;
  readonly #folder: string;
  readonly #devices: ReadonlyMap<string, NbdBlockDevice>;
  #agent: MortalProcess | undefined;
  #files: NbdBlockDevice | undefined;
  #rows: RowWriter | undefined;
  #boots = 0;

  private constructor(
    folder: string,
    parts: { chain: Chain; disks: VolatileDisks; devices: ReadonlyMap<string, NbdBlockDevice> },
  ) {
    this.#folder = folder;
    this.chain = parts.chain;
    this.disks = parts.disks;
    this.#devices = parts.devices;
  }

  static async make(): Promise<FailingHost> {
    await using made = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "leeward-power-"));
    made.defer(() => rm(folder, { recursive: true, force: true }));
    const disks = made.use(await VolatileDisks.serve(POWER_CUT_DISKS, { folder, seed: POWER_CUT_SEED }));
    const devices = new Map<string, NbdBlockDevice>();
    for (const name of disks.names) {
      const device = made.use(await NbdBlockDevice.attach(disks.uri(name), join(folder, name)));
      await assertCached(device);
      devices.set(name, device);
    }
    const home = devices.get("home");
    assert.ok(home !== undefined);
    await home.disk.makeFileSystem("ext4");
    await home.disk.mount();
    const agentHome = join(home.disk.mountPoint, "agent");
    const protectable = ["raw", "files"].flatMap((name) => devices.get(name)?.disk.device ?? []);
    const chain = await Chain.start({ machine: "host", reachedAt: "127.0.0.1", agentHome, protectable });
    made.defer(() => chain.stop({ keep: false }));
    await chain.registerAgent();
    const machine = new FailingHost(folder, { chain, disks, devices });
    made.defer(() => machine.#stop());
    await machine.#startAgent();
    machine.#owned = made.move();
    return machine;
  }
  #owned: AsyncDisposableStack | undefined;

  async boot(): Promise<void> {
    await this.#device("home").disk.mount();
    await this.#startAgent();
  }

  pathOf(name: string): string {
    return this.#device(name).disk.device;
  }

  async reachSocket(path: string): Promise<string> {
    return path;
  }

  async mountFiles(socket: string, how: "made" | "as-it-is"): Promise<void> {
    const uri = `nbd+unix:///?socket=${socket}`;
    this.#files = await NbdBlockDevice.attach(uri, join(this.#folder, `served-${this.#boots}`));
    await assertCached(this.#files);
    if (how === "made") await this.#files.disk.makeFileSystem("ext4");
    await this.#files.disk.mount();
  }

  async writeRows(): Promise<void> {
    this.#rows = await RowWriter.start(this.#database, ROW_PAUSE_MS);
  }

  async lastRow(): Promise<number | undefined> {
    const acknowledged = this.#rows?.acknowledged ?? 0;
    return acknowledged === 0 ? undefined : acknowledged;
  }

  /** In a process of its own, since this one serves what the file system is on. */
  async checkFiles(): Promise<number> {
    const { disk } = this.#mounted();
    const script = `import { newestRow } from "${ROWS}"; console.log(newestRow(process.argv[1]));`;
    const args = ["--no-warnings", "--input-type=module", "-e", script, this.#database];
    const newest = Number((await execute(process.execPath, args)).stdout);
    await disk.unmount();
    await checkFileSystem(disk, "ext4");
    await disk.mount();
    return newest;
  }

  async end(): Promise<void> {
    const rows = this.#rows?.kill();
    await this.#agent?.kill();
    this.#agent = undefined;
    this.disks.refuse();
    await rows;
    await this.#letGoOfFiles();
    const { disk: home } = this.#device("home");
    await eventually("the agent's home is unmounted", () => isDone(home.unmount()));
    for (const name of this.disks.names) await forget(this.pathOf(name));
    for (const name of this.disks.names) await eventually(`nobody has ${name}`, () => isFree(this.pathOf(name)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned?.disposeAsync();
  }

  async #startAgent(): Promise<void> {
    this.#boots += 1;
    this.#rows = undefined;
    const bootId = join(this.#folder, "boot-id");
    await writeFile(bootId, `${randomUUID()}\n`);
    const agent = `exec "${process.execPath}" "${LEEWARD}" agent start --home "${this.chain.agentHome}"`;
    const script = `mount --bind "${bootId}" /proc/sys/kernel/random/boot_id && ${agent}`;
    const args = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script];
    this.#agent = await MortalProcess.start("unshare", args, join(this.#folder, `agent-${this.#boots}.trace`));
    try {
      await this.chain.untilOnline();
    } catch (cause) {
      throw new Error(this.#agent.said(), { cause });
    }
  }

  /** What was mounted is on a disk that nobody serves any more. */
  async #letGoOfFiles(): Promise<void> {
    await this.#files?.[Symbol.asyncDispose]();
    this.#files = undefined;
  }

  /** Ends what runs, whether it has power or not. */
  async #stop(): Promise<void> {
    await this.#rows?.kill();
    await this.#letGoOfFiles();
    await this.#agent?.kill();
    this.disks.release();
    const { disk: home } = this.#device("home");
    await eventually("the agent's home is unmounted", () => isDone(home.unmount()));
  }

  #device(name: string): NbdBlockDevice {
    const device = this.#devices.get(name);
    assert.ok(device !== undefined, `there is a disk ${name}`);
    return device;
  }

  #mounted(): NbdBlockDevice {
    assert.ok(this.#files !== undefined, "the files are mounted");
    return this.#files;
  }

  get #database(): string {
    return join(this.#mounted().disk.mountPoint, "rows.db");
  }
}

/** Else nothing would be flushed, and there would be nothing to lose. */
async function assertCached({ disk }: NbdBlockDevice): Promise<void> {
  const place = `/sys/block/${basename(disk.device)}`;
  assert.equal(await readFile(`${place}/queue/write_cache`, "utf8"), "write back\n");
  assert.equal(await readFile(`${place}/loop/dio`, "utf8"), "1\n", "nothing is kept between the device and its disk");
}

/** The kernel tells once more of what it could not write, to whoever asks first: that must not be the next agent. */
async function forget(device: string): Promise<void> {
  await execute("sync", [device]).catch(() => undefined);
  await execute("blockdev", ["--flushbufs", device]).catch(() => undefined);
}

function isDone(work: Promise<void>): Promise<true | undefined> {
  return work.then(
    () => true,
    () => undefined,
  );
}

async function isFree(device: string): Promise<true | undefined> {
  try {
    await (await open(device, constants.O_RDONLY | constants.O_EXCL)).close();
    return true;
  } catch {
    return undefined;
  }
}
