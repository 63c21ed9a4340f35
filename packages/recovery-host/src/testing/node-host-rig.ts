import { spawn } from "node:child_process";
import { promises as fs } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { randomId } from "@leeward/base";
import { nodeRandom } from "@leeward/world";
import { openRecoveryHost } from "../node-open-recovery-host.ts";
import type { HostKind, RecoveryHost } from "../recovery-host.ts";
import type { ReplicaSpec } from "../replica-spec.ts";
import { bootDisk, ORDER_AT } from "./boot-disk.ts";
import { eventually } from "./eventually.ts";
import { ServedDisk } from "./node-served-disk.ts";

export interface HostRigOptions {
  readonly kind: HostKind;
  readonly libvirtUri?: string;
  /** What is left of machines outside of the host's folder: processes, groups, domains. */
  readonly outside: (ids: readonly string[]) => Promise<readonly string[]>;
}

export type MortalAction = "start" | "stop" | "shut-down" | "remove";

const FIXTURE = join(import.meta.dirname, "fixtures/node-mortal-host.ts");
/** All that some syntax on the way takes for something else. */
const HOSTILE = `a,b="c' <&>%$`;
const MEMORY_MIB = 32;

/** A folder with a hostile name, disks in memory, and machines that are swept away at the end whatever became of them. */
export class HostRig implements AsyncDisposable {
  readonly above: string;
  readonly folder: string;
  readonly #options: HostRigOptions;
  readonly #disks: ServedDisk[] = [];
  readonly #ids: string[] = [];

  private constructor(above: string, options: HostRigOptions) {
    this.above = above;
    this.folder = join(above, "replicas");
    this.#options = options;
  }

  static async make(options: HostRigOptions): Promise<HostRig> {
    return new HostRig(await fs.mkdtemp(join(tmpdir(), `lw${HOSTILE}`)), options);
  }

  open(): Promise<RecoveryHost> {
    const { kind, libvirtUri } = this.#options;
    return openRecoveryHost({ ...this.#place(), kind, ...(libvirtUri === undefined ? {} : { libvirtUri }) });
  }

  async disk(content: Uint8Array, exportName = HOSTILE): Promise<ServedDisk> {
    const disk = await ServedDisk.serve(content, join(this.above, `${this.#disks.length},=.sock`), exportName);
    this.#disks.push(disk);
    return disk;
  }

  /** A machine on the disk; by default one that greets and says what is in its second sector. */
  async spec(change: Partial<ReplicaSpec> = {}, given?: ServedDisk): Promise<{ spec: ReplicaSpec; disk: ServedDisk }> {
    const disk = given ?? (await this.disk(bootDisk("leeward replica")));
    const id = randomId(nodeRandom);
    this.#ids.push(id);
    const { socket: nbdSocket, exportName } = disk;
    const spec: ReplicaSpec = {
      id,
      name: `web-1 ${HOSTILE}\n\u0001`,
      cpus: 1,
      memoryMib: MEMORY_MIB,
      firmware: "bios",
      disks: [{ name: HOSTILE, nbdSocket, exportName, bus: "virtio", readOnly: false }],
      nics: [],
      ...change,
    };
    return { spec, disk };
  }

  /** Does it in a process of its own, which kills itself at the Nth step; whether it came through before. */
  async mortal(action: MortalAction, spec: ReplicaSpec, steps: number): Promise<boolean> {
    const { kind, libvirtUri } = this.#options;
    const asked = JSON.stringify({ ...this.#place(), kind, libvirtUri, spec, action, steps });
    const child = spawn(process.execPath, [FIXTURE, asked], { stdio: ["ignore", "pipe", "pipe"] });
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const { promise, resolve } = Promise.withResolvers<NodeJS.Signals | null>();
    child.once("exit", (_, signal) => resolve(signal));
    const signal = await promise;
    const [stdout, stderr] = await said;
    if (stdout === "through") return true;
    if (signal === "SIGKILL") return false;
    throw new Error(`it failed by itself: ${stderr}`);
  }

  /** All that there is of machines of this rig, inside of the host's folder and outside. */
  async left(): Promise<readonly string[]> {
    const inside = await fs.readdir(this.folder).catch(() => []);
    return [...inside, ...(await this.#options.outside(this.#ids))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const host = await this.open();
    for (const id of this.#ids) await host.remove(id);
    for (const disk of this.#disks) await disk[Symbol.asyncDispose]();
    await fs.rm(this.above, { recursive: true, force: true });
  }

  #place(): { above: string; folder: string } {
    return { above: this.above, folder: this.folder };
  }
}

/** Says to the guest what to do. */
export async function order(disk: ServedDisk, letter: string): Promise<void> {
  const sector = new Uint8Array(512);
  sector.set(new TextEncoder().encode(letter));
  await disk.device.write(ORDER_AT, sector, { fua: false });
}

/** What the console shows, as soon as it shows that. */
export function consoleShows(host: RecoveryHost, id: string, pattern: RegExp): Promise<string> {
  return eventually(`the console shows ${pattern}`, async () => {
    const text = await host.console(id);
    return pattern.test(text) ? text : undefined;
  });
}
