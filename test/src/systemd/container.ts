// A Debian with a systemd of its own that runs here: its own file tree, processes and network, and this machine's kernel. What starts, stops and installs as on
// any server does so here in seconds; it ends with this process, however that ends, and leaves nothing.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DebianSuite, makeDebianTree } from "../guest/debian-tree.ts";
import { cacheFolder } from "../guest/guest-image.ts";
import { MortalProcess } from "../guest/mortal-process.ts";
import { failureOf, type ProgramOptions, type ProgramResult, runProgram, tryProgram } from "../guest/program.ts";
import { eventually } from "../harness/eventually.ts";
import { rootSkip } from "../harness/programs.ts";

export interface ContainerOptions {
  readonly suite: DebianSuite;
  /** Its name for itself. */
  readonly name: string;
  /** A network namespace that it lives in; without one it has a loopback alone. */
  readonly namespace?: string;
  /** Shell commands that run before it starts, with the path of its tree as $1. */
  readonly prepare?: string;
  /** Paths of this machine, devices for example, that it has as well. */
  readonly binds?: readonly string[];
}

/** A change of it makes other trees. */
const RECIPE = "3";
const PACKAGES = [
  ...["systemd", "systemd-sysv", "dbus", "udev", "openssh-server", "sudo", "iproute2", "procps", "e2fsprogs"],
  // What packages of Leeward depend on: there is no mirror inside.
  ...["libstdc++6", "ca-certificates", "rpm"],
];
const HOOKS = [
  ': > "$1/etc/machine-id"; rm -f "$1"/etc/ssh/ssh_host_*; chroot "$1" useradd --create-home --shell /bin/sh ada; chroot "$1" passwd -q -d root',
];
const PROGRAMS = ["systemd-nspawn", "mmdebstrap", "setpriv", "nsenter", "ip"];
/** Where a control group may be made: with the first version of control groups systemd has a tree of its own. */
const HIERARCHIES = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"];
const BOOT_MS_MAX = 120_000;

/** Why none can be started here, or false: for the `skip` option of a test. */
export function containerSkip(): string | false {
  return rootSkip(PROGRAMS, "start a container with systemd");
}

export class SystemdContainer {
  /** Its file tree, as this machine sees it. */
  readonly root: string;
  readonly #folder: string;
  readonly #options: ContainerOptions;
  #process: MortalProcess | undefined;
  #group: ControlGroup | undefined;

  private constructor(folder: string, options: ContainerOptions) {
    this.#folder = folder;
    this.root = join(folder, "root");
    this.#options = options;
  }

  /** Settles when all that starts by itself has started, or failed to. */
  static async start(options: ContainerOptions): Promise<SystemdContainer> {
    const tree = await debianTree(options.suite);
    const container = new SystemdContainer(await mkdtemp(join(tmpdir(), "leeward-container-")), options);
    try {
      await runProgram("cp", ["-a", "--reflink=auto", tree, container.root]);
      await writeFile(join(container.root, "etc/hostname"), `${options.name}\n`);
      await writeFile(join(container.root, "etc/hosts"), `127.0.0.1 localhost ${options.name}\n`);
      await runProgram("chroot", [container.root, "ssh-keygen", "-A"]);
      if (options.prepare !== undefined) await runProgram("sh", ["-euc", options.prepare, "sh", container.root]);
      await container.#boot();
      return container;
    } catch (error) {
      await container[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What a command of root's shell wrote; rejects with all that it said when its exit code is not 0. */
  async run(command: string, options: ProgramOptions = {}): Promise<string> {
    const result = await this.tryRun(command, options);
    if (result.code === 0) return result.stdout;
    throw new Error(`in ${this.#options.name}: ${command}: ${failureOf(result)}`);
  }

  /** Runs a command of root's shell to its end, whatever that is. */
  async tryRun(command: string, options: ProgramOptions = {}): Promise<ProgramResult> {
    const enter = ["-t", await this.#leader(), "-m", "-p", "-n", "-u", "-i", "-r", "-w", "--"];
    const clean = ["env", "-i", "HOME=/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];
    return tryProgram("nsenter", [...enter, ...clean, "sh", "-c", command], options);
  }

  /** Copies a file, or a folder with what is in it. */
  async copyIn(local: string, remote: string): Promise<void> {
    await cp(
      local,
      remote.endsWith("/") ? join(this.root, remote, local.split("/").at(-1) ?? "") : join(this.root, remote),
      {
        recursive: true,
        preserveTimestamps: true,
      },
    );
  }

  /** All services are stopped as at a machine's shutdown, and it starts again. */
  async reboot(): Promise<void> {
    await this.run("systemctl poweroff --no-block");
    await this.#process?.ended;
    await this.#group?.remove();
    await this.#boot();
  }

  /** Ends it as a power cut would; its files stay. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    await this.#group?.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #boot(): Promise<void> {
    const { name, namespace, binds = [] } = this.#options;
    this.#group = await ControlGroup.make();
    const network = namespace === undefined ? "--private-network" : `--network-namespace-path=/run/netns/${namespace}`;
    const own = [
      "--quiet",
      "--register=no",
      "--keep-unit",
      "--capability=all",
      "--system-call-filter=bpf",
      "--console=pipe",
      network,
    ];
    own.push(...binds.map((path) => `--bind=${path}`));
    const nspawn = [
      "systemd-nspawn",
      "-D",
      this.root,
      `--machine=${name}-${randomBytes(4).toString("hex")}`,
      ...own,
      "-b",
    ];
    // Its first process outlives systemd-nspawn, but not the namespace of processes around both.
    const start = `${this.#group.entering()} exec unshare --pid --fork --kill-child --mount-proc "$@"`;
    this.#process = await MortalProcess.start("sh", ["-euc", start, "sh", ...nspawn], join(this.#folder, "console"));
    await eventually(
      `${name} is up`,
      async () => {
        if (this.#process?.isRunning !== true) throw new Error(`it ended: ${this.#process?.said()}`);
        const { stdout } = await this.tryRun("systemctl is-system-running").catch(() => ({ stdout: "" }));
        return ["running", "degraded"].includes(stdout.trim()) ? true : undefined;
      },
      BOOT_MS_MAX,
    ).catch((cause: unknown) => {
      throw new Error(`${name} did not come up: ${this.#process?.said()}`, { cause });
    });
  }

  /** Its first process, as it is known outside. */
  async #leader(): Promise<string> {
    let last = String(this.#process?.pid);
    for (let depth = 0; depth < 2; depth += 1)
      last = (await readFile(`/proc/${last}/task/${last}/children`, "utf8")).trim().split(" ")[0] ?? "";
    return last;
  }
}

/** Control groups of a container's own: without them two would take each other's services for theirs. */
class ControlGroup {
  readonly #folders: readonly string[];

  private constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  static async make(): Promise<ControlGroup> {
    const name = `leeward-test-${randomBytes(4).toString("hex")}`;
    const here = HIERARCHIES.filter((folder) => existsSync(join(folder, "cgroup.procs")));
    const folders = here.map((folder) => join(folder, name));
    for (const folder of folders) await mkdir(folder);
    return new ControlGroup(folders);
  }

  /** Shell commands by which a shell enters them. */
  entering(): string {
    return this.#folders.map((folder) => `echo $$ > ${folder}/cgroup.procs;`).join(" ");
  }

  /** The kernel lets go of them when the last process is gone, which may be a moment after its end was told. */
  async remove(): Promise<void> {
    for (const folder of this.#folders)
      await eventually(`the control group ${folder} is empty`, async () => {
        await removeGroup(folder);
        return existsSync(folder) ? undefined : true;
      });
  }
}

async function removeGroup(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await removeGroup(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
}

/** Made once and kept; never written to. */
async function debianTree(suite: DebianSuite): Promise<string> {
  const folder = join(cacheFolder(), `tree-${suite}-${RECIPE}`);
  if (existsSync(folder)) return folder;
  const aside = `${folder}.${randomBytes(4).toString("hex")}.making`;
  try {
    await makeDebianTree(aside, { suite, packages: PACKAGES, hooks: HOOKS });
    // Somebody else may have made it meanwhile: theirs is as good.
    await rename(aside, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return folder;
}
