// What a machine must be before anything is changed on it. Pure; the first thing that is wrong is told, what cannot be mended before what can.
import { CLOCK_MS_MAX, GLIBC_MIN, PROGRAM_KIB, SPARE_KIB, STATE_KIB } from "../limits.ts";
import type { AgentPackage } from "../packages/agent-packages.ts";
import {
  agentAbsent,
  agentForeign,
  agentPresent,
  architectureUnsupported,
  clockOff,
  distributionUnsupported,
  glibcTooOld,
  noServiceManager,
  noSpace,
  packagedByRpm,
  portBlocked,
  programPresent,
  underWay,
} from "../push-faults.ts";
import type { MachineFacts } from "./probe.ts";

type ChosenPackage = Pick<AgentPackage, "kind" | "sizeBytes">;

/** By the words of os-release; who descends from one of these is taken too. */
const FAMILIES = ["debian", "ubuntu", "rhel", "fedora", "centos", "suse", "sles", "opensuse", "amzn", "ol"];

export interface Asked {
  readonly host: string;
  readonly pushId: string;
  readonly nowMs: number;
  /** "host:port", for people. */
  readonly server: string;
  readonly data: string;
  readonly hasStartCommand: boolean;
  /** Of this installation, as PEM. */
  readonly authorityPem: string;
}

/** @throws Fault `push-architecture-unsupported`, `push-distribution-unsupported`, `push-glibc-too-old` */
export function requireSystem(host: string, { architecture, id, like, distribution, glibc }: MachineFacts): void {
  if (architecture !== "x86_64") throw architectureUnsupported(host, architecture);
  if (![id, ...like].some((word) => FAMILIES.includes(word) || word.startsWith("opensuse-")))
    throw distributionUnsupported(host, distribution);
  const [major = 0, minor = 0] = glibc.split(".").map(Number);
  if (major < GLIBC_MIN[0] || (major === GLIBC_MIN[0] && minor < GLIBC_MIN[1])) throw glibcTooOld(host, glibc);
}

/** Whether an agent of this installation is there. @throws Fault `push-agent-foreign`, `push-under-way` */
export function hasOwnAgent({ host, pushId, authorityPem }: Asked, facts: MachineFacts): boolean {
  if (facts.push !== "" && facts.push !== pushId) throw underWay(host, facts.push);
  if (!facts.enrolled) return false;
  if (facts.authority !== authorityPem.replaceAll("\n", "")) throw agentForeign(host);
  return true;
}

/** For a machine that gets an agent. @throws Fault, as `requireSystem`, `hasOwnAgent`, `requireSurroundings` and `requireSpace` do, and for what is there already */
export function requireInstallable(asked: Asked, facts: MachineFacts, chosen: ChosenPackage): void {
  const { host } = asked;
  requireSystem(host, facts);
  if (hasOwnAgent(asked, facts)) throw agentPresent(host, facts.program?.version ?? "");
  if (facts.program !== undefined) throw programPresent(host, facts.program.version);
  if (!facts.systemd && !asked.hasStartCommand) throw noServiceManager(host);
  requireSurroundings(asked, facts);
  requireSpace(asked, facts, chosen);
}

/** For one whose agent is replaced. @throws Fault, as above, and `push-agent-absent`, `push-packaged-by-rpm` */
export function requireUpgradable(asked: Asked, facts: MachineFacts, chosen: ChosenPackage): void {
  requireSystem(asked.host, facts);
  if (!hasOwnAgent(asked, facts) || facts.program === undefined) throw agentAbsent(asked.host);
  requireOwnKind(asked.host, facts);
  if (!facts.systemd && !asked.hasStartCommand) throw noServiceManager(asked.host);
  requireSpace(asked, facts, chosen);
}

/** For one whose agent is taken away. @throws Fault, as `hasOwnAgent` does, and `push-agent-absent`, `push-packaged-by-rpm` */
export function requireRemovable(asked: Asked, facts: MachineFacts): void {
  if (!hasOwnAgent(asked, facts) && facts.program === undefined) throw agentAbsent(asked.host);
  requireOwnKind(asked.host, facts);
}

/** @throws Fault `push-packaged-by-rpm`: no push installs such a package, and none knows how it is taken away */
function requireOwnKind(host: string, { program }: MachineFacts): void {
  if (program?.kind === "rpm") throw packagedByRpm(host, program.version);
}

/** @throws Fault `push-clock-off`, `push-port-blocked` */
function requireSurroundings({ host, nowMs, server, data }: Asked, facts: MachineFacts): void {
  const offMs = facts.seconds * 1_000 - nowMs;
  if (Math.abs(offMs) > CLOCK_MS_MAX) throw clockOff(host, Math.round(offMs / 1_000));
  if (facts.server === "no") throw portBlocked(host, server, "config server");
  if (facts.data === "no") throw portBlocked(host, data, "process server");
}

/** Places may share a file system, which then needs the sum. @throws Fault `push-no-space` */
function requireSpace({ host }: Asked, { spaces }: MachineFacts, { kind, sizeBytes }: ChosenPackage): void {
  const isDeb = kind === "deb";
  const needs: Readonly<Record<string, number>> = { [isDeb ? "/usr" : "/opt"]: PROGRAM_KIB, "/var": STATE_KIB };
  const mounts = new Map<string, { freeKib: number; neededKib: number }>();
  for (const { of, freeKib, mount } of spaces) {
    const isFolder = of !== "/opt" && of !== "/usr" && of !== "/var";
    const needed = isFolder ? Math.ceil(sizeBytes / 1_024) + (isDeb ? 0 : PROGRAM_KIB) : (needs[of] ?? 0);
    const before = mounts.get(mount)?.neededKib ?? 0;
    if (needed > 0) mounts.set(mount, { freeKib, neededKib: before + needed });
  }
  for (const [mount, { freeKib, neededKib }] of mounts)
    if (freeKib < neededKib + SPARE_KIB) throw noSpace(host, { mount, freeKib, neededKib: neededKib + SPARE_KIB });
}
