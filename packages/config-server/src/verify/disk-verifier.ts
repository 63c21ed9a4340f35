// Compares a disk with its replica, window by window, and has repaired what differs.
//
// Invariant: what is called different was seen different at two points of the replica, or once and never equal again; what is called repaired was
// seen equal at a point after the repair. Worst outcome if broken: an alarm that is none, or a wrong byte that nobody looks for any more.
//
// Order: differing ─► again, with a newer point ─► event ─► the agent copies the extents once more ─► again, until they are seen equal
//
// The event is durable before the repair is asked for. A crash in between is a window that is looked at once more: whoever counts windows
// moves on only when all this is done.
import { formatTime } from "@leeward/base";
import { type Extent, ExtentSet } from "@leeward/block";
import { type EventLog, SELF } from "../events/event-log.ts";
import { diskNotProtected, machineOffline, masterTargetOffline } from "../faults.ts";
import {
  VERIFY_CONFIRMS_MAX,
  VERIFY_REPAIR_LOOKS_MAX,
  VERIFY_REQUEST_MS_MAX,
  VERIFY_RETRY_MS,
  VERIFY_UNMENDED_LOOKS_MAX,
} from "../limits.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { Store } from "../store/store.ts";
import type { VerifyTally } from "../store/verify-rows.ts";
import { Turns } from "./turns.ts";
import { type Compared, type Look, type LookMeans, lookAt } from "./window-look.ts";

export interface DiskVerifierOptions extends LookMeans {
  readonly store: Store;
  readonly events: EventLog;
}

export interface VerifiedWindow extends VerifyTally {
  /** Where the next window begins; not before `diskBytes` when there is none. */
  readonly end: number;
  readonly diskBytes: number;
}

/** Extents that an event names; the rest is counted. */
const EXTENTS_TOLD_MAX = 16;

export class DiskVerifier {
  readonly #options: DiskVerifierOptions;
  readonly #turns = new Turns();

  constructor(options: DiskVerifierOptions) {
    this.#options = options;
  }

  /** Whether neither the disk's agent nor its target has a window now. */
  isFree(disk: DiskRow): boolean {
    return this.#turns.areFree([disk.machineId, disk.masterTargetId]);
  }

  /** One window at a time per agent and per target. @throws Fault `disk-not-protected`, and as `lookAt` */
  async window(disk: DiskRow, offset: number, signal: AbortSignal): Promise<VerifiedWindow> {
    const of = this.#compared(disk);
    return this.#turns.hold([of.agent.id, of.target.id], signal, async () => {
      const look = await this.#look(of, offset, signal);
      const { comparedBytes, skipped, diskBytes, length } = look;
      const counted = { comparedBytes, skippedBytes: skipped.totalBytes, end: offset + length, diskBytes };
      const differing = await this.#confirmed(of, offset, { first: look, signal });
      const differingBytes = differing.totalBytes;
      if (differingBytes === 0) return { ...counted, differingBytes, repairedBytes: 0 };
      this.#tell(of, differing);
      const left = await this.#repair(of, offset, { differing, branch: look.branch, signal });
      return { ...counted, differingBytes, repairedBytes: differingBytes - left.totalBytes };
    });
  }

  /** As `window`, without another look and without repair: for a source that takes no writes. @throws as `window` */
  async look(disk: DiskRow, offset: number, signal: AbortSignal): Promise<Look> {
    const of = this.#compared(disk);
    return this.#turns.hold([of.agent.id, of.target.id], signal, () => this.#look(of, offset, signal));
  }

  #compared(disk: DiskRow): Compared {
    const { members, disks } = this.#options.store;
    if (disks.byId(disk.id)?.state !== "protected") throw diskNotProtected(disk.name);
    const [agent, target] = [members.byId(disk.machineId), members.byId(disk.masterTargetId)];
    if (agent === undefined) throw machineOffline(disk.machineId);
    if (target === undefined) throw masterTargetOffline(disk.masterTargetId);
    return { disk, agent, target };
  }

  #look(of: Compared, offset: number, signal: AbortSignal): Promise<Look> {
    return lookAt(of, offset, { ...this.#options, signal });
  }

  /** What of a first look still differs at a newer point, or was not seen equal however often it was asked for. */
  async #confirmed(
    of: Compared,
    offset: number,
    { first, signal }: { readonly first: Look; readonly signal: AbortSignal },
  ): Promise<ExtentSet> {
    const confirmed = new ExtentSet();
    let open = ExtentSet.of(first.differing);
    for (let looks = 0; open.count > 0 && looks < VERIFY_CONFIRMS_MAX; looks += 1) {
      await this.#options.clock.sleep(VERIFY_RETRY_MS, signal);
      const { differing, skipped } = await this.#look(of, offset, signal);
      confirmed.addAll(common(open, differing));
      open = common(open, skipped);
    }
    // What is written without pause may hold wrong bytes beside what was written.
    confirmed.addAll(open);
    return confirmed;
  }

  /** Has the extents copied once more; returns what was not seen equal after that. */
  async #repair(
    of: Compared,
    offset: number,
    what: { readonly differing: ExtentSet; readonly branch: string; readonly signal: AbortSignal },
  ): Promise<ExtentSet> {
    const { requests, clock } = this.#options;
    const { signal } = what;
    const value = { diskId: of.disk.id, branch: what.branch, extents: [...what.differing] };
    await requests.ask(of.agent, { kind: "recopyExtents", value }, { signal, timeoutMs: VERIFY_REQUEST_MS_MAX });
    let left = what.differing;
    // At a point before the copy the blocks are skipped: one at which they differ is behind it.
    let unmended = 0;
    for (let looks = 0; left.count > 0 && looks < VERIFY_REPAIR_LOOKS_MAX; looks += 1) {
      await clock.sleep(VERIFY_RETRY_MS, signal);
      const { differing, skipped } = await this.#look(of, offset, signal);
      if (common(left, differing).count > 0) unmended += 1;
      left = common(left, ExtentSet.of([...differing, ...skipped]));
      if (unmended >= VERIFY_UNMENDED_LOOKS_MAX) break;
    }
    return left;
  }

  #tell({ disk, agent, target }: Compared, differing: ExtentSet): void {
    const { events, store } = this.#options;
    const { lastBegunMicros } = store.verify.of(disk.id);
    const subject = `${agent.name}/${disk.name}`;
    const bytes = differing.totalBytes;
    const known =
      lastBegunMicros === null
        ? "They were never compared before, so that any point may hold the wrong bytes there."
        : `The last pass that compared them, but for what was written then, began at ${formatTime(lastBegunMicros)}: which of the points since then hold the wrong bytes there is not known.`;
    events.add(SELF, {
      severity: "critical",
      kind: "replica-differs",
      subject,
      message: `The replica of ${subject} at ${target.name} differs from its source in blocks of ${bytes} bytes, though nothing was written there; they are copied again. ${known}`,
      detail: { disk: disk.id, bytes, extents: toldExtents(differing), lastVerifiedMicros: lastBegunMicros },
    });
  }
}

function common(one: ExtentSet, other: ExtentSet): ExtentSet {
  return ExtentSet.of([...one].flatMap((extent) => [...other.within(extent)]));
}

function toldExtents(set: ExtentSet): string {
  const told = [...set].slice(0, EXTENTS_TOLD_MAX).map(({ offset, length }: Extent) => `${offset}+${length}`);
  const more = set.count - told.length;
  return more === 0 ? told.join(" ") : `${told.join(" ")} and ${more} more`;
}
