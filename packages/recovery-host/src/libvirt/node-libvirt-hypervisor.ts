import { promises as fs } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Files, readFile } from "@leeward/world";
import { ConsoleFile } from "../console-file.ts";
import type { GuestStatus, Hypervisor, ReplicaPlace } from "../hypervisor.ts";
import { SCREEN_BYTES_MAX } from "../limits.ts";
import { machineName } from "../machine-identity.ts";
import { type AgentAnswer, type AgentCommand, agentAnswerOf } from "../node-guest-agent.ts";
import { untilNoProcess } from "../node-machine-lock.ts";
import type { QemuFacts } from "../qemu/qemu-arguments.ts";
import { firmwareMissing, notStarted, processLeft, replicaSilent } from "../replica-faults.ts";
import type { HeldLimits, ReplicaRecord } from "../replica-record.ts";
import type { ReplicaSpec } from "../replica-spec.ts";
import { pngOf } from "../screen/png.ts";
import { domainXml } from "./domain-xml.ts";
import { Virsh, type VirshEnd } from "./node-virsh.ts";

const SYSTEM = "qemu:///system";
const PICTURE = "screen";
const DISK_REFUSED = "a disk refused a read or a write";
const RESUMES_MAX = 4;
const RESUME_LOOK_MS = 500;

/** libvirt, by its own command. A machine is a domain that is defined while it runs, and by nobody else: its name and UUID follow from the id. */
export class LibvirtHypervisor implements Hypervisor {
  readonly kind = "libvirt";
  readonly #files: Files;
  readonly #facts: QemuFacts;
  readonly #virsh: Virsh;

  constructor(files: Files, facts: QemuFacts, uri = SYSTEM) {
    this.#files = files;
    this.#facts = facts;
    this.#virsh = new Virsh(uri);
  }

  async plan(spec: ReplicaSpec): Promise<HeldLimits> {
    if (spec.firmware === "uefi" && this.#facts.uefi === undefined) throw firmwareMissing();
    this.#xml(spec, "/");
    await this.#names();
    const by = (limit: number | undefined): "libvirt" | "none" => (limit === undefined ? "none" : "libvirt");
    return { cpu: by(spec.limits?.cpuShare), memory: by(spec.limits?.memoryMibMax), groups: [] };
  }

  async launch(place: ReplicaPlace, { spec }: ReplicaRecord): Promise<void> {
    await new ConsoleFile(this.#files, place.folder).clear();
    const path = join(place.folder, "domain.xml");
    await fs.writeFile(path, this.#xml(spec, place.folder), { mode: 0o600 });
    const steps = [
      ["define", path],
      ["start", machineName(place.id), "--paused"],
    ];
    for (const step of steps) {
      const { ok, stderr } = await this.#virsh.order(place, step);
      if (!ok) throw notStarted(place.id, stderr);
    }
  }

  async status(place: ReplicaPlace): Promise<GuestStatus> {
    if (!(await this.#isDefined(place))) return { kind: "none" };
    const { ok, stdout, stderr } = await this.#virsh.ask(["domstate", "--reason", machineName(place.id)]);
    if (!ok) throw replicaSilent(stderr.trim());
    return statusOf(stdout.trim());
  }

  async resume(place: ReplicaPlace): Promise<number> {
    // Of a connection that was lost to a disk's server, the first read afterwards only finds that out; the next one connects anew.
    for (let tries = 1; ; tries += 1) {
      const before = await this.status(place);
      if (before.kind === "paused") must(await this.#virsh.order(place, ["resume", machineName(place.id)]));
      const resumedMicros = Date.now() * 1_000;
      if (before.kind !== "paused" || before.why !== DISK_REFUSED || tries === RESUMES_MAX) return resumedMicros;
      await delay(RESUME_LOOK_MS);
    }
  }

  async pressPower(place: ReplicaPlace): Promise<void> {
    must(await this.#virsh.order(place, ["shutdown", machineName(place.id), "--mode", "acpi"]));
  }

  async end(place: ReplicaPlace): Promise<void> {
    await untilNoProcess(place, async () => {});
    if (!(await this.#runs(place))) return;
    // It may end by itself meanwhile; what counts is that it does not run.
    const { stderr } = await this.#virsh.order(place, ["destroy", machineName(place.id)]);
    if (await this.#runs(place)) throw processLeft(place.id, stderr.trim());
  }

  async forget(place: ReplicaPlace): Promise<void> {
    if (!(await this.#isDefined(place))) return;
    const all = ["--managed-save", "--snapshots-metadata", "--checkpoints-metadata", "--keep-nvram"];
    must(await this.#virsh.order(place, ["undefine", machineName(place.id), ...all]));
  }

  /** libvirt writes it by itself, and its log daemon bounds the file. */
  async drain(): Promise<void> {}

  console(place: ReplicaPlace): Promise<string> {
    return new ConsoleFile(this.#files, place.folder).text();
  }

  async said(): Promise<string> {
    return "";
  }

  async screen(place: ReplicaPlace): Promise<Uint8Array> {
    const path = join(place.folder, PICTURE);
    must(await this.#virsh.order(place, ["screenshot", machineName(place.id), path]));
    const picture = await readFile(this.#files, path, SCREEN_BYTES_MAX);
    await this.#files.remove(path);
    return pngOf(picture);
  }

  async forwarding(place: ReplicaPlace): Promise<string> {
    const asked = ["qemu-monitor-command", machineName(place.id), "--hmp", "info usernet"];
    return must(await this.#virsh.ask(asked)).stdout;
  }

  async pingAgent(place: ReplicaPlace, limitMs: number): Promise<boolean> {
    const seconds = String(Math.max(1, Math.ceil(limitMs / 1_000)));
    const ping = JSON.stringify({ execute: "guest-ping" });
    const asked = ["qemu-agent-command", machineName(place.id), ping, "--timeout", seconds];
    return (await this.#virsh.ask(asked)).ok;
  }

  async askAgent(place: ReplicaPlace, command: AgentCommand, limitMs: number): Promise<AgentAnswer> {
    const seconds = String(Math.max(1, Math.ceil(limitMs / 1_000)));
    const asked = ["qemu-agent-command", machineName(place.id), JSON.stringify(command), "--timeout", seconds];
    const { ok, stdout, stderr } = await this.#virsh.ask(asked);
    if (ok) return agentAnswerOf(stdout) ?? { kind: "silent" };
    // libvirt tells an agent's refusal so, and everything else as something that is not there.
    const why = /unable to execute QEMU agent command '[^']*': (.*)/.exec(stderr)?.[1];
    return why === undefined ? { kind: "silent" } : { kind: "refused", why };
  }

  #xml(spec: ReplicaSpec, folder: string): string {
    const { isAccelerated, processors, uefi } = this.#facts;
    const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    return domainXml(spec, { isAccelerated, processors, uefi, folder, user, group });
  }

  async #runs(place: ReplicaPlace): Promise<boolean> {
    const { kind } = await this.status(place);
    return kind !== "none" && kind !== "off";
  }

  async #isDefined({ id }: ReplicaPlace): Promise<boolean> {
    return (await this.#names()).includes(machineName(id));
  }

  async #names(): Promise<string[]> {
    return must(await this.#virsh.ask(["list", "--all", "--name"]))
      .stdout.split("\n")
      .map((name) => name.trim());
  }
}

function must(end: VirshEnd): VirshEnd {
  if (end.ok) return end;
  throw replicaSilent(end.stderr.trim());
}

/** "running (booted)", "shut off (shutdown)": virsh's words in no language but its own. */
function statusOf(said: string): GuestStatus {
  const [, state = said, reason = ""] = /^([a-z ]+?)(?: \((.*)\))?$/.exec(said) ?? [];
  if (state === "running" || state === "idle" || state === "in shutdown") return { kind: "running" };
  if (state === "shut off") return { kind: reason === "shutdown" ? "off" : "none" };
  if (state === "crashed") return { kind: "off" };
  return { kind: "paused", why: reason === "I/O error" ? DISK_REFUSED : `libvirt says ${said}` };
}
