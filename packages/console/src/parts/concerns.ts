import type { Machine, Severity, StatusItem } from "@leeward/api";

/** What of an alert matters here. */
export interface OpenAlert {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly subjectKind: "machine" | "disk" | "server" | "plan" | "installation";
  readonly subject: string | null;
  readonly machine: string | null;
  readonly message: string;
  readonly remedy: string;
  readonly openedAt: string;
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
}

/** Where what is no machine's is mended. */
const PAGES: Readonly<Record<string, string>> = {
  server: "/infrastructure",
  plan: "/plans",
  installation: "/settings",
};
const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

/** The worst first, then the oldest. What is said by an alert is not said again by the status. */
export function concernsOf(known: {
  readonly alerts: readonly OpenAlert[];
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
      alert: alert.id,
    }),
  );
  const said = new Set(known.alerts.map(({ rule, subject }) => `${rule} ${subject ?? ""}`));
  const fromStatus = known.items
    .filter(({ code, subject }) => !said.has(`${code} ${subject ?? ""}`))
    .map(
      (item): Concern => ({
        ...item,
        key: `${item.code} ${item.subject ?? ""} ${item.message}`,
        href: pageOf(machineOf(ids, item.subject)),
        alert: null,
      }),
    );
  return [...fromAlerts, ...fromStatus].toSorted(
    (one, other) =>
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
      (one.since ?? "").localeCompare(other.since ?? ""),
  );
}

/** A subject is a machine's name, or MACHINE/DISK. */
function machineOf(ids: ReadonlyMap<string, string>, subject: string | null): string | undefined {
  return ids.get(subject?.split("/")[0] ?? "");
}

function pageOf(machine: string | undefined): string | null {
  return machine === undefined ? null : `/machines/${machine}`;
}
