import type { PolicySettings } from "@leeward/api";
import type { DiskRow, WrappedKeyRow } from "../store/disk-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";

/** What the plans are composed from: all that should be, at one moment. */
export interface Installation {
  readonly members: ReadonlyMap<string, MemberRow>;
  /** Without those whose points are gone. */
  readonly disks: readonly InstalledDisk[];
  readonly policies: ReadonlyMap<string, PolicySettings>;
}

export interface InstalledDisk extends DiskRow {
  readonly wrappedKeys: readonly WrappedKeyRow[];
}

export function readInstallation(store: Store): Installation {
  return store.transaction(() => ({
    members: new Map(store.members.list().map((member) => [member.id, member])),
    disks: store.disks.list().map((disk) => ({ ...disk, wrappedKeys: store.disks.wrappedKeys(disk.id) })),
    policies: new Map(store.policies.list().map(({ name, settings }) => [name, settings])),
  }));
}
