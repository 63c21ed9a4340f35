// How a machine stands, in one word: what its disks, its agent and the alerts that stand say, the worst of them first. An alert that somebody sees to
// stands as any other: it is mended when it is resolved.
import type { Disk, Machine, Severity } from "@leeward/api";
import type { Tone } from "./state-badge.tsx";

/** The worst first: so machines are ordered. */
export const MACHINE_HEALTHS = [
  "critical",
  "offline",
  "unknown",
  "warning",
  "copying",
  "unprotected",
  "healthy",
] as const;
export type MachineHealth = (typeof MACHINE_HEALTHS)[number];

export const HEALTH_TONES: Readonly<Record<MachineHealth, Tone>> = {
  critical: "bad",
  offline: "bad",
  unknown: "off",
  warning: "attention",
  copying: "working",
  unprotected: "off",
  healthy: "good",
};

export const DISK_TONES: Readonly<Record<Disk["state"], Tone>> = {
  initial: "working",
  protected: "good",
  reduced: "attention",
  gap: "bad",
  resync: "working",
  stopped: "bad",
  fenced: "off",
  reverse: "working",
};

/** What of an alert matters here. */
export interface AlertOfMachine {
  readonly machine: string | null;
  readonly severity: Severity;
}

export interface MachineStanding {
  readonly machine: Machine;
  readonly health: MachineHealth;
  /** Of its worst disk, seconds; null where no disk has a recoverable point. */
  readonly rpoSeconds: number | null;
  readonly newestPoint: string | null;
  /** Of alerts that stand, acknowledged ones included; null while that is not known. */
  readonly alertCount: number | null;
}

/** Every machine with how it stands, the worst first, then by name. `alerts` are those that stand; undefined while they are not known. */
export function standingsOf(
  machines: readonly Machine[],
  alerts: readonly AlertOfMachine[] | undefined,
): readonly MachineStanding[] {
  const byMachine = alerts && Map.groupBy(alerts, ({ machine }) => machine);
  return machines
    .map((machine) => standingOf(machine, byMachine && (byMachine.get(machine.id) ?? [])))
    .toSorted(worstFirst);
}

/** `alerts` are those of the machine that stand; undefined while they are not known. */
export function standingOf(machine: Machine, alerts: readonly AlertOfMachine[] | undefined): MachineStanding {
  const { disks } = machine;
  const known = disks.flatMap(({ rpoSeconds }) => rpoSeconds ?? []);
  const newest = disks.flatMap(({ newestPoint }) => newestPoint ?? []).toSorted();
  return {
    machine,
    health: healthOf(machine, alerts),
    rpoSeconds: known.length === 0 ? null : Math.max(...known),
    newestPoint: newest.at(-1) ?? null,
    alertCount: alerts?.length ?? null,
  };
}

function healthOf({ state, disks }: Machine, alerts: readonly AlertOfMachine[] | undefined): MachineHealth {
  const tones = disks.map((disk) => DISK_TONES[disk.state]);
  if (tones.includes("bad") || alerts?.some(({ severity }) => severity === "critical")) return "critical";
  if (state !== "online") return "offline";
  if (alerts === undefined) return "unknown";
  if (tones.includes("attention") || alerts.length > 0 || disks.some(({ faults }) => faults.length > 0))
    return "warning";
  if (tones.includes("working")) return "copying";
  return disks.length === 0 ? "unprotected" : "healthy";
}

/** Disks without any recoverable point are worse than any age. */
function worstFirst(one: MachineStanding, other: MachineStanding): number {
  return (
    MACHINE_HEALTHS.indexOf(one.health) - MACHINE_HEALTHS.indexOf(other.health) ||
    (other.rpoSeconds ?? Number.MAX_VALUE) - (one.rpoSeconds ?? Number.MAX_VALUE) ||
    one.machine.name.localeCompare(other.machine.name, undefined, { numeric: true })
  );
}
