import type { Machine, Severity, StatusItem } from "@leeward/api";

/** What of an alert that stands matters here. */
export interface StandingAlert {
  readonly id: string;
  /** Of what it tells; the status names the same by it. */
  readonly code: string;
  readonly severity: Severity;
  readonly subjectKind: "machine" | "disk" | "server" | "plan" | "installation";
  readonly subject: string | null;
  readonly machine: string | null;
  readonly message: string;
  readonly remedy: string;
  readonly openedAt: string;
  readonly state: "open" | "acknowledged" | "resolved";
  readonly acknowledgedBy: string | null;
}

/** One thing that needs a person. */
export interface Concern {
  readonly key: string;
  readonly severity: Severity;
  readonly subject: string | null;
  /** The page where it is mended; null where there is none. */
  readonly href: string | null;
  readonly message: string;
  readonly remedy: string;
  readonly since: string | null;
  /** The alert's id, where it can be acknowledged. */
  readonly alert: string | null;
  /** Who sees to it, or undefined while nobody said so. */
  readonly acknowledgedBy: string | undefined;
}

/** Where what is no machine's is mended. */
const PAGES: Readonly<Record<string, string>> = {
  server: "/infrastructure",
  plan: "/plans",
  installation: "/settings",
};
const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

/** What nobody sees to before the rest, of each the worst first, then the oldest. What is said by an alert is not said again by the status. */
export function concernsOf(known: {
  readonly alerts: readonly StandingAlert[];
  readonly items: readonly StatusItem[];
  readonly machines: readonly Machine[];
}): readonly Concern[] {
  const ids = new Map(known.machines.map(({ id, name }) => [name, id]));
  const fromAlerts = known.alerts.map(
    (alert): Concern => ({
      ...alert,
      key: alert.id,
      href: pageOf(alert.machine ?? machineOf(ids, alert.subject)) ?? PAGES[alert.subjectKind] ?? null,
      since: alert.openedAt,
      alert: alert.state === "open" ? alert.id : null,
      acknowledgedBy: alert.state === "acknowledged" ? (alert.acknowledgedBy ?? "") : undefined,
    }),
  );
  const said = new Set(known.alerts.map(({ code, subject }) => `${code} ${subject ?? ""}`));
  const fromStatus = known.items
    .filter(({ code, subject }) => !said.has(`${code} ${subject ?? ""}`))
    .map(
      (item): Concern => ({
        ...item,
        key: `${item.code} ${item.subject ?? ""} ${item.message}`,
        href: pageOf(machineOf(ids, item.subject)),
        alert: null,
        acknowledgedBy: undefined,
      }),
    );
  return [...fromAlerts, ...fromStatus].toSorted(
    (one, other) =>
      Number(isSeenTo(one)) - Number(isSeenTo(other)) ||
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
      (one.since ?? "").localeCompare(other.since ?? ""),
  );
}

/** Whether somebody said that they see to it. */
export function isSeenTo({ acknowledgedBy }: Concern): boolean {
  return acknowledgedBy !== undefined;
}

/** A subject is a machine's name, or MACHINE/DISK. */
function machineOf(ids: ReadonlyMap<string, string>, subject: string | null): string | undefined {
  return ids.get(subject?.split("/")[0] ?? "");
}

function pageOf(machine: string | undefined): string | null {
  return machine === undefined ? null : `/machines/${machine}`;
}
