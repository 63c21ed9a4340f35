// A disk that is protected already goes to one more target.
//
// Invariant: the disk's row for the target and the data key that is wrapped to it become durable together, before anybody is told. The key is in the clear
// at process servers and targets alone: so the process server that forwards the disk wraps it, and a call that fails leaves nothing behind.
import type { RequestKind } from "@leeward/wire";
import type { World } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import {
  diskNotProtected,
  memberUnknown,
  processServerOffline,
  targetDeleting,
  targetOutdated,
  targetsTooMany,
  targetTaken,
} from "../faults.ts";
import { DISK_TARGETS_MAX } from "../limits.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import { furtherTargets } from "./further-targets.ts";
import { seededElsewhere } from "./seed-faults.ts";

export interface TargetAdditionOptions {
  readonly world: World;
  readonly store: Store;
  readonly events: EventLog;
  readonly requests: MemberRequests;
  readonly plansChanged: () => void;
}

export class TargetAdditions {
  readonly #options: TargetAdditionOptions;

  constructor(options: TargetAdditionOptions) {
    this.#options = options;
  }

  /**
   * Has the disk go to the target, too: answered when that is durable. Its points there begin once the source has been read for it.
   * @throws Fault `disk-not-protected`, `target-taken`, `target-deleting`, `target-outdated`, `disk-seeded`, `process-server-offline`, what the
   *   process server says, and as `furtherTargets`
   */
  async add(disk: DiskRow, asked: string, by: { readonly actor: Actor; readonly signal: AbortSignal }): Promise<void> {
    const { world, store, events, plansChanged } = this.#options;
    const machine = this.#member(disk.machineId);
    const target = this.#freeTarget(disk, machine, asked);
    this.#checkReleases(disk, machine, target);
    const wrapped = await this.#wrappedKey(disk, target, by.signal);
    store.transaction(() => {
      // While the key was wrapped somebody else may have come first.
      this.#freeTarget(disk, machine, target.id);
      store.disks.putWrappedKey(disk.id, wrapped);
      store.furtherTargets.put(disk.id, target.id, world.clock.wallMicros());
      const subject = `${machine.name}/${disk.name}`;
      const message = `${subject} goes to ${target.name}, too; its recovery points there begin when it has been copied.`;
      const detail = { disk: disk.id, target: target.id };
      events.add(by.actor, { severity: "info", kind: "target-added", subject, message, detail });
    });
    plansChanged();
  }

  #freeTarget(disk: DiskRow, machine: MemberRow, asked: string): MemberRow {
    const { store } = this.#options;
    if (store.disks.byId(disk.id)?.state !== "protected") throw diskNotProtected(disk.name);
    if (store.seeds.of(disk.id) !== undefined) throw seededElsewhere(disk.name);
    const [target] = furtherTargets(store, { machine, mainId: disk.masterTargetId, asked: [asked] });
    if (target === undefined) throw memberUnknown(asked);
    const rows = store.furtherTargets.of(disk.id);
    const row = rows.find(({ targetId }) => targetId === target.id);
    if (row?.state === "following") throw targetTaken(target.name);
    if (row?.state === "deleting") throw targetDeleting(target.name, disk.name);
    if (rows.filter(({ state }) => state === "following").length >= DISK_TARGETS_MAX)
      throw targetsTooMany(DISK_TARGETS_MAX);
    return target;
  }

  /** Who is away is not asked: a target that turns out to be too old is left behind, and an agent is asked again. */
  #checkReleases(disk: DiskRow, machine: MemberRow, target: MemberRow): void {
    const needs: readonly (readonly [MemberRow, RequestKind])[] = [
      [this.#member(disk.processServerId), "wrapKey"],
      [target, "wrapKey"],
      [machine, "copyDisk"],
    ];
    for (const [member, kind] of needs) {
      const version = this.#options.requests.outdatedFor(member, kind);
      if (version !== undefined) throw targetOutdated(member.name, version);
    }
  }

  async #wrappedKey(
    disk: DiskRow,
    target: MemberRow,
    signal: AbortSignal,
  ): Promise<{ readonly recipient: string; readonly jwe: string }> {
    const { store, requests } = this.#options;
    const held = store.disks.wrappedKeys(disk.id).find(({ recipient }) => recipient === target.id);
    if (held !== undefined) return held;
    const server = this.#member(disk.processServerId);
    if (!requests.isThere(server)) throw processServerOffline(server.name);
    const value = { diskId: disk.id, keyId: disk.keyId, recipient: target.id, publicKeyPem: target.publicKeyPem };
    const { jwe } = await requests.ask(server, { kind: "wrapKey", value }, { signal });
    return { recipient: target.id, jwe };
  }

  #member(id: string): MemberRow {
    const member = this.#options.store.members.byId(id);
    if (member === undefined) throw memberUnknown(id);
    return member;
  }
}
