import type { PolicySettings } from "@leeward/api";
import { parseWorkingHours, type WeekHours } from "@leeward/daemon";
import type { DiskOrigin, DiskRow, WrappedKeyRow } from "../store/disk-rows.ts";
import type { FactRows } from "../store/fact-rows.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { FurtherTargetRow } from "../store/further-target-rows.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { SeedRow } from "../store/seed-rows.ts";
import type { Store } from "../store/store.ts";

/** What the plans are composed from: all that should be, at one moment. */
export interface Installation {
  readonly members: ReadonlyMap<string, MemberRow>;
  /** Without those whose points are gone. */
  readonly disks: readonly InstalledDisk[];
  readonly groups: readonly GroupRow[];
  /** Those that stand. */
  readonly failovers: readonly FailoverRow[];
  readonly policies: ReadonlyMap<string, PolicySettings>;
  readonly workingHours: readonly WeekHours[];
}

export interface InstalledDisk extends DiskRow {
  readonly wrappedKeys: readonly WrappedKeyRow[];
  readonly origin?: DiskOrigin;
  readonly seed?: SeedRow;
  /** Beside the main target. */
  readonly further?: readonly FurtherTargetRow[];
}

/** Tables that change all the time, and of which the installation holds nothing. */
const TABLES_BESIDE: ReadonlySet<string> = new Set([
  "alert_deliveries",
  "alert_silences",
  "alert_tellings",
  "alerts",
  "events",
  "hour_samples",
  "idempotent_calls",
  "jobs",
  "minute_samples",
  "plans",
  "reports",
  "sample_series",
  "sign_ins",
  "tokens",
]);

/**
 * The installation as it is now, read again only once something of it was written: every member's plan is composed anew at each change.
 * Not for use within a transaction: what it has read there would stay when that is undone.
 */
export class Installations {
  readonly #store: Store;
  #newest: Installation | undefined;

  constructor(store: Store) {
    this.#store = store;
    store.onWrite((table) => {
      if (!TABLES_BESIDE.has(table)) this.#newest = undefined;
    });
  }

  now(): Installation {
    this.#newest ??= readInstallation(this.#store);
    return this.#newest;
  }
}

export function readInstallation(store: Store): Installation {
  return store.transaction(() => ({
    members: new Map(store.members.list().map((member) => [member.id, member])),
    disks: installedDisks(store),
    groups: store.groups.list(),
    failovers: store.failovers.standing(),
    policies: new Map(store.policies.list().map(({ name, settings }) => [name, settings])),
    workingHours: workingHoursOf(store.facts),
  }));
}

function installedDisks(store: Store): InstalledDisk[] {
  const origins = store.disks.origins();
  const furtherOf = Map.groupBy(store.furtherTargets.list(), ({ diskId }) => diskId);
  const keysOf = store.disks.allWrappedKeys();
  const seeds = new Map(store.seeds.list().map((seed) => [seed.diskId, seed]));
  return store.disks.list().map((disk) => {
    const origin = origins.get(disk.id);
    const seed = seeds.get(disk.id);
    const from = { ...(origin === undefined ? {} : { origin }), ...(seed === undefined ? {} : { seed }) };
    return { ...disk, wrappedKeys: keysOf.get(disk.id) ?? [], further: furtherOf.get(disk.id) ?? [], ...from };
  });
}

const WORKING_HOURS_DEFAULT = "mon-fri 08:00-18:00";

export function workingHoursOf(facts: FactRows): readonly WeekHours[] {
  return parseWorkingHours(facts.get("workingHours") ?? WORKING_HOURS_DEFAULT);
}
