import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { ReplicaPlace } from "../hypervisor.ts";
import { VIRSH_MS_MAX } from "../limits.ts";
import { takeMachineLock, untilNoProcess } from "../node-machine-lock.ts";
import { hypervisorMissing } from "../replica-faults.ts";

export interface VirshEnd {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The commands of one libvirt. */
export class Virsh {
  readonly #uri: string;

  constructor(uri: string) {
    this.#uri = uri;
  }

  /** Asks. @throws Fault `hypervisor-missing` */
  ask(args: readonly string[]): Promise<VirshEnd> {
    return this.#run(args, undefined);
  }

  /**
   * Changes something of the machine. The command holds the machine's lock, since it goes on when this process is killed: who comes
   * after it waits until it has ended.
   * @throws Fault `hypervisor-missing`, `replica-process-left`
   */
  async order(place: ReplicaPlace, args: readonly string[]): Promise<VirshEnd> {
    await untilNoProcess(place, async () => {});
    const lock = takeMachineLock(place);
    try {
      return await this.#run(args, lock);
    } finally {
      if (lock !== undefined) closeSync(lock);
    }
  }

  async #run(args: readonly string[], lock: number | undefined): Promise<VirshEnd> {
    const child = spawn("virsh", ["--quiet", "--connect", this.#uri, ...args], {
      cwd: "/",
      detached: true,
      env: { PATH, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe", ...(lock === undefined ? [] : [lock])],
    });
    const said = Promise.all([child.stdout, child.stderr].map(textOf));
    const over = new AbortController();
    const limit = delay(VIRSH_MS_MAX, undefined, { signal: over.signal }).then(
      () => child.kill("SIGKILL"),
      () => false,
    );
    try {
      const code = await ended(child);
      const [stdout = "", stderr = ""] = await said;
      return { ok: code === 0, stdout, stderr };
    } finally {
      over.abort();
      await limit;
    }
  }
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream === null ? "" : await text(stream);
}

async function ended(child: ChildProcess): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("close", resolve);
  child.once("error", (cause) => reject(hypervisorMissing("virsh", "libvirt-clients libvirt-daemon-system", cause)));
  return await promise;
}
