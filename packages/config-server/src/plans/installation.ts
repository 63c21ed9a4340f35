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

export function readInstallation(store: Store): Installation {
  return store.transaction(() => ({
    members: new Map(store.members.list().map((member) => [member.id, member])),
    disks: store.disks.list().map((disk) => {
      const origin = store.disks.originOf(disk.id);
      const further = store.furtherTargets.of(disk.id);
      const wrappedKeys = store.disks.wrappedKeys(disk.id);
      const seed = store.seeds.of(disk.id);
      const from = { ...(origin === undefined ? {} : { origin }), ...(seed === undefined ? {} : { seed }) };
      return { ...disk, wrappedKeys, further, ...from };
    }),
    groups: store.groups.list(),
    failovers: store.failovers.standing(),
    policies: new Map(store.policies.list().map(({ name, settings }) => [name, settings])),
    workingHours: workingHoursOf(store.facts),
  }));
}

const WORKING_HOURS_DEFAULT = "mon-fri 08:00-18:00";

export function workingHoursOf(facts: FactRows): readonly WeekHours[] {
  return parseWorkingHours(facts.get("workingHours") ?? WORKING_HOURS_DEFAULT);
}
