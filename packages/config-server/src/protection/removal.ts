import type { LiveSessions } from "@leeward/wire";
import type { World } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { checkNoFailover, checkNotFailedOver } from "../failover/standing.ts";
import { memberUnknown, serverInUse } from "../faults.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { Trust } from "../trust/trust.ts";

export interface RemovalOptions {
  readonly world: World;
  readonly store: Store;
  readonly trust: Trust;
  readonly events: EventLog;
  readonly live: LiveSessions;
  readonly plansChanged: () => void;
  readonly trustChanged: () => void;
}

export interface RemovalOrder {
  readonly actor: Actor;
  readonly deletePoints: boolean;
  /** Also when disks still need it: who must not be trusted any more goes at once. */
  readonly force?: boolean;
}

/** Members leave. Order: removed and its disks unprotected, durably → certificate revoked → session dropped → everybody told. */
export class Removal {
  readonly #options: RemovalOptions;

  constructor(options: RemovalOptions) {
    this.#options = options;
  }

  /**
   * @throws Fault `server-in-use` for a server that protected disks or kept points still need, `failover-standing` for a machine whose points are
   *   to go while a replica machine may run on them
   */
  async remove(member: MemberRow, by: RemovalOrder): Promise<MemberRow> {
    const { world, store, trust, events, live, plansChanged, trustChanged } = this.#options;
    store.transaction(() => {
      if (by.force !== true) this.#checkUnused(member);
      if (by.force !== true && by.deletePoints) checkNoFailover(store, member);
      if (by.force !== true) checkNotFailedOver(store, member);
      for (const disk of store.disks.ofMachine(member.id)) {
        if (by.deletePoints) store.furtherTargets.deleteAllOf(disk.id);
        store.seeds.giveUp(disk.id);
        store.disks.setState(
          disk.id,
          by.deletePoints ? "deleting" : "kept",
          by.deletePoints ? ["protected", "kept"] : ["protected"],
        );
      }
      store.members.remove(member.id, world.clock.wallMicros());
      const message = `The ${member.role} ${member.name} was removed.`;
      const detail = { id: member.id, deletePoints: by.deletePoints };
      events.add(by.actor, { severity: "warning", kind: "member-removed", subject: member.name, message, detail });
    });
    await trust.revoke(member);
    await live.of(member.id)?.close(memberUnknown(member.id));
    plansChanged();
    trustChanged();
    return store.members.byId(member.id) ?? member;
  }

  /** Revokes again what a crash may have left between a removal and its revocation. */
  async finish(): Promise<void> {
    const { store, trust } = this.#options;
    for (const member of store.members.list()) {
      if (member.removedMicros !== null) await trust.revoke(member);
    }
  }

  #checkUnused(member: MemberRow): void {
    if (member.role === "agent") return;
    const { disks, furtherTargets } = this.#options.store;
    const further = new Set(
      furtherTargets.list().flatMap(({ diskId, targetId }) => (targetId === member.id ? [diskId] : [])),
    );
    const used = disks.list().filter((disk) => {
      if (member.role === "process-server") return disk.processServerId === member.id && disk.state === "protected";
      return disk.masterTargetId === member.id || further.has(disk.id);
    });
    if (used.length > 0) throw serverInUse(member.name, used.length);
  }
}
