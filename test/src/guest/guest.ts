// A whole virtual machine: systemd, a kernel of its own, disks that are files or NBD exports of this machine.
//
// What holds for every guest: its network is restricted (it reaches the ports of this machine that it was given, and nothing else; it is
// reached on loopback alone); its processes end with this one, however that ends; a folder of its own holds all that it leaves
// behind, and goes with it. `kill` is a power cut as far as the guest can tell. What is on a file outlives it, flushed or not,
// since the file's pages are this machine's; a disk that loses what was not flushed is a VolatileDisk.
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../harness/eventually.ts";
import type { GuestImage } from "./guest-image.ts";
import { MortalProcess } from "./mortal-process.ts";
import { failureOf, type ProgramOptions, type ProgramResult } from "./program.ts";
import { type Firmware, type GuestDisk, qemuArguments, UEFI_VARIABLES } from "./qemu-arguments.ts";
import { Qmp } from "./qmp.ts";
import { SecureShell } from "./secure-shell.ts";

export interface GuestOptions {
  /** Whose key opens it, and what it boots from where nothing else is said. */
  readonly image: GuestImage;
  /** What it boots from; by default a fresh copy of the image, which goes with the guest. */
  readonly boot?: GuestDisk;
  /** Further disks: /dev/disk/by-id/virtio-disk1, virtio-disk2, … in the guest. */
  readonly disks?: readonly GuestDisk[];
  /** Default: 1024. */
  readonly memoryMib?: number;
  /** Default: bios. */
  readonly firmware?: Firmware;
  /** Ports of the guest that are to be reached from this machine; `hostPort` says where. */
  readonly forwards?: readonly number[];
  /** Ports of this machine's loopback that the guest reaches at HOST_ADDRESS. */
  readonly reachHost?: readonly number[];
}

const SSH = 22;
const MEMORY_MIB = 1_024;
/** An emulated guest boots in 15 to 35 s on two free cores, and in minutes on busy ones. */
const BOOT_MS_MAX = 600_000;
const SERIAL_CHARACTERS = 3_000;

export class Guest {
  /** Holds the copy of the image, what the guest said, and sockets. */
  readonly folder: string;
  readonly #image: GuestImage;
  readonly #qemu: MortalProcess;
  readonly #qmp: Qmp;
  readonly #hostPorts: ReadonlyMap<number, number>;
  #shell: SecureShell | undefined;
  #sockets = 0;

  private constructor(made: {
    folder: string;
    image: GuestImage;
    qemu: MortalProcess;
    qmp: Qmp;
    ports: Map<number, number>;
  }) {
    this.folder = made.folder;
    this.#image = made.image;
    this.#qemu = made.qemu;
    this.#qmp = made.qmp;
    this.#hostPorts = made.ports;
  }

  /** Settles when root can log in; rejects with the end of its console when it does not come so far. */
  static async start(options: GuestOptions): Promise<Guest> {
    const folder = await mkdtemp(join(tmpdir(), "leeward-guest-"));
    let guest: Guest | undefined;
    try {
      guest = await Guest.#launch(folder, options);
      await guest.#connect();
      return guest;
    } catch (error) {
      await guest?.[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  static async #launch(folder: string, options: GuestOptions): Promise<Guest> {
    const { image, boot, disks = [], forwards = [] } = options;
    const copy = { file: join(folder, "root.raw") };
    if (boot === undefined) await image.copyTo(copy.file);
    if (options.firmware === "uefi") await copyFile(UEFI_VARIABLES, join(folder, "uefi-variables"));
    const args = qemuArguments({
      folder,
      disks: [boot ?? copy, ...disks],
      memoryMib: options.memoryMib ?? MEMORY_MIB,
      firmware: options.firmware ?? "bios",
      forwards: [SSH, ...forwards],
      reachHost: options.reachHost ?? [],
    });
    const qemu = await MortalProcess.start("qemu-system-x86_64", args, join(folder, "qemu.trace"));
    try {
      const qmp = await Qmp.connect(join(folder, "qmp"), () => qemu.isRunning);
      return new Guest({ folder, image, qemu, qmp, ports: await forwardedPorts(qmp) });
    } catch (cause) {
      await qemu.kill();
      throw new Error(qemu.said(), { cause });
    }
  }

  /** Of QEMU. */
  get pid(): number {
    return this.#qemu.pid;
  }

  /** QEMU's control connection. */
  get qmp(): Qmp {
    return this.#qmp;
  }

  get isRunning(): boolean {
    return this.#qemu.isRunning;
  }

  /** At which port of this machine's loopback a forwarded port of the guest is reached. */
  hostPort(guestPort: number): number {
    const port = this.#hostPorts.get(guestPort);
    if (port === undefined) throw new Error(`port ${guestPort} of the guest is not forwarded`);
    return port;
  }

  /** What a command of root's shell wrote; rejects with all that it said when its exit code is not 0. */
  async run(command: string, options: ProgramOptions = {}): Promise<string> {
    const result = await this.tryRun(command, options);
    if (result.code === 0) return result.stdout;
    throw new Error(`in the guest: ${command}: ${failureOf(result)}`);
  }

  /** Runs a command of root's shell to its end, whatever that is. */
  async tryRun(command: string, options: ProgramOptions = {}): Promise<ProgramResult> {
    return this.#connected().run(command, options);
  }

  /** Copies a file, or a folder with what is in it. */
  async copyIn(local: string, remote: string, options: ProgramOptions = {}): Promise<void> {
    const result = await this.#connected().copyIn(local, remote, options);
    if (result.code !== 0) throw new Error(`into the guest: ${local}: ${failureOf(result)}`);
  }

  /** At which path of this machine a Unix socket of the guest is reached, until the guest ends or starts again. */
  async reachSocket(remote: string): Promise<string> {
    this.#sockets += 1;
    const local = join(this.folder, `socket-${this.#sockets}`);
    const result = await this.#connected().forward(local, remote);
    if (result.code !== 0) throw new Error(`to ${remote} in the guest: ${failureOf(result)}`);
    return local;
  }

  /** What the guest wrote to its serial console since it was started. */
  serial(): Promise<string> {
    return readFile(join(this.folder, "serial"), "utf8");
  }

  /** Ends it as a power cut would; its disks stay as they are. */
  async kill(): Promise<void> {
    await this.#qemu.kill();
    await this.#afterEnd();
  }

  /** Lets it shut down by itself, and settles when it is off. */
  async shutdown(): Promise<void> {
    await this.#leave("systemctl poweroff", this.#qemu.ended);
    await this.#afterEnd();
  }

  /** Lets it shut down and start again, and settles when root can log in again. */
  async reboot(): Promise<void> {
    await this.#leave("systemctl reboot", this.#qmp.next("RESET"));
    await this.#connect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #connect(): Promise<void> {
    await this.#shell?.close();
    const { keyFile, knownHostsFile } = this.#image;
    const place = { folder: this.folder, port: this.hostPort(SSH), keyFile, knownHostsFile };
    const attempt = async (): Promise<SecureShell | undefined> => {
      if (!this.isRunning) throw new Error(`the guest ended: ${this.#qemu.said()}`);
      if ((await this.serial()).includes("Kernel panic")) throw new Error("its kernel panicked");
      return SecureShell.connect(place);
    };
    try {
      this.#shell = await eventually("root can log in to the guest", attempt, BOOT_MS_MAX);
    } catch (cause) {
      const said = (await this.serial()).slice(-SERIAL_CHARACTERS);
      throw new Error(`the guest did not come up; its console ends with\n${said}`, { cause });
    }
  }

  /** Nobody may tell ssh that its guest is gone: what counts is what the machine does, unless the command is refused. */
  async #leave(command: string, left: Promise<void>): Promise<void> {
    const refused = this.tryRun(command).then((result): Promise<void> => {
      const mayBeGone = result.code === null || result.code === 255;
      if (result.code !== 0 && !mayBeGone) throw new Error(`in the guest: ${command}: ${failureOf(result)}`);
      return left;
    });
    await within(`the guest has left: ${command}`, Promise.race([left, refused]), BOOT_MS_MAX);
    await this.#shell?.close();
  }

  #connected(): SecureShell {
    if (this.#shell === undefined) throw new Error("the guest is not running");
    return this.#shell;
  }

  async #afterEnd(): Promise<void> {
    this.#qmp.close();
    await this.#shell?.close();
    this.#shell = undefined;
  }
}

/** Guest port → port of this machine, as QEMU has taken them. */
async function forwardedPorts(qmp: Qmp): Promise<Map<number, number>> {
  const said = await qmp.execute("human-monitor-command", { "command-line": "info usernet" });
  const line = /TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+(\d+)/g;
  return new Map([...String(said).matchAll(line)].map((match) => [Number(match[2]), Number(match[1])]));
}

async function within(what: string, promise: Promise<void>, limitMs: number): Promise<void> {
  let hasEnded = false;
  const ended = promise.finally(() => (hasEnded = true));
  await Promise.race([ended, eventually(what, () => (hasEnded ? true : undefined), limitMs)]);
}
