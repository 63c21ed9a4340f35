import { promises as fs } from "node:fs";
import { join } from "node:path";
import { isFault } from "@leeward/base";
import { type Files, readFile } from "@leeward/world";
import { ConsoleFile } from "../console-file.ts";
import type { GuestStatus, Hypervisor, ReplicaPlace } from "../hypervisor.ts";
import { CONSOLE_RING_BYTES, QEMU_START_MS_MAX, SCREEN_BYTES_MAX } from "../limits.ts";
import { type AgentAnswer, type AgentCommand, askGuestAgent, pingGuestAgent } from "../node-guest-agent.ts";
import { hasProcess } from "../node-machine-lock.ts";
import { firmwareMissing, folderTooLong, notStarted, replicaSilent } from "../replica-faults.ts";
import type { HeldLimits, ReplicaRecord } from "../replica-record.ts";
import type { ReplicaSpec } from "../replica-spec.ts";
import { pngOf } from "../screen/png.ts";
import { joinTaps } from "./node-bridge.ts";
import { heldCpus, joinGroups, limitedCommand, makeGroups, planLimits, removeGroups } from "./node-control-group.ts";
import { endMachineProcess, machineProcesses, processSaid, startMachineProcess } from "./node-machine-process.ts";
import { connectWhenUp, Qmp, QmpRefusal } from "./node-qmp.ts";
import {
  AGENT_SOCKET,
  CONSOLE_DEVICE,
  guestArguments,
  holdArguments,
  type QemuFacts,
  QMP_SOCKET,
  UEFI_VARIABLES,
} from "./qemu-arguments.ts";

const SOCKET_BYTES_MAX = 107;
const PICTURE = "screen";
const LOST = "\n[what the console said before this was not kept]\n";

/** QEMU, run by nobody else: one process for each machine, which holds its lock, and answers on a socket in its folder. */
export class QemuHypervisor implements Hypervisor {
  readonly kind = "qemu";
  readonly #files: Files;
  readonly #facts: QemuFacts;
  readonly #onStep: ((step: string) => void) | undefined;

  /** `onStep` is for tests, which end the process at a step. */
  constructor(files: Files, facts: QemuFacts, onStep?: (step: string) => void) {
    this.#files = files;
    this.#facts = facts;
    this.#onStep = onStep;
  }

  async plan(spec: ReplicaSpec): Promise<HeldLimits> {
    if (spec.firmware === "uefi" && this.#facts.uefi === undefined) throw firmwareMissing();
    return await planLimits(spec.id, spec.limits);
  }

  async launch(place: ReplicaPlace, { spec, limits: held }: ReplicaRecord): Promise<void> {
    const share = { held, processors: this.#facts.processors };
    const longest = join(place.folder, AGENT_SOCKET);
    if (Buffer.byteLength(longest) > SOCKET_BYTES_MAX) throw folderTooLong(longest);
    await prepareFolder(place, spec.firmware === "uefi" ? this.#facts.uefi?.variables : undefined);
    await new ConsoleFile(this.#files, place.folder).clear();
    this.#onStep?.("folder prepared");
    await makeGroups(spec.limits, share);
    this.#onStep?.("groups made");
    const cpus = heldCpus(spec.cpus, spec.limits, share);
    const guest = guestArguments(spec, { facts: this.#facts, folder: place.folder, cpus });
    const command = [this.#facts.program, ...guest, ...holdArguments(place)];
    await startMachineProcess(place, [...limitedCommand(spec.id, spec.limits, share), ...command]);
    this.#onStep?.("process begun");
    await this.#whenUp(place);
    this.#onStep?.("process answers");
    await joinGroups(held, await machineProcesses(place));
    await joinTaps(spec);
  }

  async status(place: ReplicaPlace): Promise<GuestStatus> {
    if (!hasProcess(place)) return { kind: "none" };
    try {
      return await this.#within(place, async (qmp) => statusOf(await qmp.execute("query-status")));
    } catch (error) {
      // It may have ended since.
      if (isFault(error) && !hasProcess(place)) return { kind: "none" };
      throw error;
    }
  }

  resume(place: ReplicaPlace): Promise<number> {
    return this.#within(place, async (qmp) => {
      await qmp.execute("cont");
      // QEMU tells of it before it answers, unless the machine ran already.
      return qmp.eventMicros("RESUME") ?? Date.now() * 1_000;
    });
  }

  async pressPower(place: ReplicaPlace): Promise<void> {
    await this.#within(place, (qmp) => qmp.execute("system_powerdown"));
  }

  async end(place: ReplicaPlace): Promise<void> {
    await endMachineProcess(place);
  }

  async forget(place: ReplicaPlace, record: ReplicaRecord | undefined): Promise<void> {
    if (record !== undefined) await removeGroups(place.id, record.limits);
  }

  async drain(place: ReplicaPlace): Promise<void> {
    if (!hasProcess(place)) return;
    const said = await this.#within(place, (qmp) =>
      qmp.execute("ringbuf-read", { device: CONSOLE_DEVICE, size: CONSOLE_RING_BYTES, format: "base64" }),
    );
    const bytes = Buffer.from(typeof said === "string" ? said : "", "base64");
    const file = new ConsoleFile(this.#files, place.folder);
    // A ring that was full may have been overwritten.
    if (bytes.length >= CONSOLE_RING_BYTES - 1) await file.append(new TextEncoder().encode(LOST));
    if (bytes.length > 0) await file.append(bytes);
  }

  console(place: ReplicaPlace): Promise<string> {
    return new ConsoleFile(this.#files, place.folder).text();
  }

  said(place: ReplicaPlace): Promise<string> {
    return processSaid(place);
  }

  async screen(place: ReplicaPlace): Promise<Uint8Array> {
    const path = join(place.folder, PICTURE);
    await this.#within(place, async (qmp) => {
      try {
        await qmp.execute("screendump", { filename: PICTURE, format: "png" });
      } catch (error) {
        if (!(error instanceof QmpRefusal)) throw error;
        // Before QEMU 7.1, or built without PNG.
        await qmp.execute("screendump", { filename: PICTURE });
      }
    });
    const picture = await readFile(this.#files, path, SCREEN_BYTES_MAX);
    await this.#files.remove(path);
    return pngOf(picture);
  }

  async forwarding(place: ReplicaPlace): Promise<string> {
    const asked = { "command-line": "info usernet" };
    return String(await this.#within(place, (qmp) => qmp.execute("human-monitor-command", asked)));
  }

  pingAgent(place: ReplicaPlace, limitMs: number): Promise<boolean> {
    return pingGuestAgent(join(place.folder, AGENT_SOCKET), limitMs);
  }

  askAgent(place: ReplicaPlace, command: AgentCommand, limitMs: number): Promise<AgentAnswer> {
    return askGuestAgent(join(place.folder, AGENT_SOCKET), command, limitMs);
  }

  /** @throws Fault `replica-not-started` with what QEMU said */
  async #whenUp(place: ReplicaPlace): Promise<void> {
    const socket = join(place.folder, QMP_SOCKET);
    const qmp = await connectWhenUp(socket, async () => hasProcess(place), QEMU_START_MS_MAX);
    if (qmp === undefined) throw notStarted(place.id, await processSaid(place));
    await qmp[Symbol.asyncDispose]();
  }

  async #within<T>(place: ReplicaPlace, work: (qmp: Qmp) => Promise<T>): Promise<T> {
    await using qmp = await Qmp.connect(join(place.folder, QMP_SOCKET));
    try {
      return await work(qmp);
    } catch (error) {
      if (error instanceof QmpRefusal) throw replicaSilent(error.message, error);
      throw error;
    }
  }
}

/** Sockets of an earlier process are in the way of the next; variables of the firmware are kept once there are any. */
async function prepareFolder({ folder }: ReplicaPlace, variables: string | undefined): Promise<void> {
  for (const name of [QMP_SOCKET, AGENT_SOCKET, PICTURE, "said"]) await fs.rm(join(folder, name), { force: true });
  if (variables === undefined) return;
  const path = join(folder, UEFI_VARIABLES);
  const isThere = await fs.access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await fs.copyFile(variables, `${path}.new`);
  await fs.chmod(`${path}.new`, 0o600);
  await fs.rename(`${path}.new`, path);
}

function statusOf(answer: unknown): GuestStatus {
  const status: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, "status") : undefined;
  if (status === "running") return { kind: "running" };
  if (status === "prelaunch") return { kind: "fresh" };
  if (status === "shutdown") return { kind: "off" };
  if (status === "io-error") return { kind: "paused", why: "a disk refused a read or a write" };
  return { kind: "paused", why: `QEMU says ${String(status)}` };
}
