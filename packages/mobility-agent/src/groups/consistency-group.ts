import { anySignal, Fault, firstOf, isFault, orAborted, Waiters } from "@leeward/base";
import { together } from "@leeward/daemon";
import type { Address, Consistency, EventReport, GroupPointMade, PlannedGroup, PointRecord } from "@leeward/proto";
import type { Endpoint, Listener } from "@leeward/world";
import { GroupCoordinator } from "./group-coordinator.ts";
import { GroupMember } from "./group-member.ts";
import { GroupPeers, type GroupPeersOptions } from "./group-peers.ts";
import type { RoundMember, RoundOutcome } from "./group-round.ts";
import type { MachineHold } from "./machine-hold.ts";

/** How long a port that is taken is waited for before it is tried again, milliseconds. */
const LISTEN_AGAIN_MS = 15_000;

export interface ConsistencyGroupOptions extends Omit<GroupPeersOptions, "answer" | "onAnswer" | "group"> {
  readonly hold: MachineHold;
  /** Where other members are awaited. */
  readonly listen: Endpoint;
  /** Where they are told to connect, given where it listens. */
  readonly address: (listening: Endpoint) => Address;
  /** Told when what `address` says is another. */
  readonly onAddress: () => void;
  /** Why members cannot reach this machine, until they can. */
  readonly onFault: (fault: Fault | undefined) => void;
  readonly onEvent: (event: EventReport) => void;
}

/** The machine's part in its consistency group: it listens and speaks while the plan names one, and does nothing while it does not. */
export class ConsistencyGroup {
  readonly #options: ConsistencyGroupOptions;
  readonly #member: GroupMember;
  readonly #peers: GroupPeers;
  readonly #coordinator: GroupCoordinator;
  readonly #planned = new Waiters();
  #group: PlannedGroup | undefined;
  #address: Address | undefined;
  #missing = "";

  constructor(options: ConsistencyGroupOptions) {
    this.#options = options;
    const { clock, random, machineId, hold } = options;
    const group = (): PlannedGroup | undefined => this.#group;
    this.#member = new GroupMember({ clock, hold, group });
    this.#peers = new GroupPeers({
      ...options,
      group,
      answer: (ask, from) => this.#member.answer(ask, from),
      onAnswer: (id) => this.#coordinator.heard(id),
    });
    this.#coordinator = new GroupCoordinator({
      clock,
      random,
      machineId,
      group,
      members: () => [this.#itself(), ...this.#peers.links()],
      heardMicros: (id) => this.#member.heardMicros(id),
      onRound: (outcome, missingIds) => this.#tellRound(outcome, missingIds),
      onFailure: (error) => this.#peers.fail(error),
    });
  }

  /** Where other members reach the machine; undefined while it listens nowhere. */
  get address(): Address | undefined {
    return this.#address;
  }

  /** The group that the plan in force names. */
  apply(group: PlannedGroup | undefined): void {
    const isOther = group?.revisionId !== this.#group?.revisionId;
    this.#group = group;
    if (isOther) this.#missing = "";
    this.#planned.notify();
    this.#peers.planChanged();
  }

  /** Makes a point of the group now. @throws Fault `group-plan-differs` */
  async create(revisionId: string, consistency: Consistency, signal: AbortSignal): Promise<GroupPointMade> {
    if (this.#group?.revisionId !== revisionId) throw planDiffers();
    const outcome = await this.#coordinator.lead(consistency, signal);
    if (outcome === undefined) throw planDiffers();
    return { pointId: outcome.pointId, markedIds: [...outcome.markedIds] };
  }

  /** The machine's own part of a point that was made lately. @throws Fault `group-part-missing` */
  async part(pointId: string): Promise<PointRecord> {
    const record = await this.#member.part(pointId);
    if (record !== undefined) return record;
    throw new Fault({
      code: "group-part-missing",
      kind: "transient",
      message: `This machine has no part in the group's point ${pointId}: none of its disks could take part.`,
      remedy: "Wait until `leeward disk status` shows its disks as protected, and make another point.",
      detail: { point: pointId },
    });
  }

  /** Works until the signal aborts. Rejects on a mistake of ours. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        const planned = this.#planned.next();
        if (this.#group === undefined) await orAborted(planned, signal);
        else await this.#takePart(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** As long as the plan names a group. */
  async #takePart(signal: AbortSignal): Promise<void> {
    const listener = await this.#listen(signal);
    if (listener === undefined) return;
    const left = new AbortController();
    const leaving = async (inner: AbortSignal): Promise<void> => {
      await this.#planned.until(() => this.#group === undefined, inner);
      left.abort(LEFT);
    };
    try {
      await together(signal, [
        (inner) => endingWith(left.signal, inner, leaving),
        (inner) => endingWith(left.signal, inner, (either) => this.#peers.run(listener, either)),
        (inner) => endingWith(left.signal, inner, (either) => this.#coordinator.run(either)),
      ]);
    } finally {
      this.#member.close();
      this.#address = undefined;
      this.#options.onAddress();
      await listener.close();
    }
  }

  async #listen(signal: AbortSignal): Promise<Listener | undefined> {
    const { network, listen, address, onFault, onAddress, clock } = this.#options;
    try {
      const listener = await network.listen(listen);
      this.#address = address(listener.endpoint);
      onFault(undefined);
      onAddress();
      return listener;
    } catch (error) {
      if (!isFault(error)) throw error;
      onFault(error);
      const planned = this.#planned.next();
      await firstOf(signal, [(inner) => clock.sleep(LISTEN_AGAIN_MS, inner), (inner) => orAborted(planned, inner)]);
      return undefined;
    }
  }

  #itself(): RoundMember {
    const { machineId } = this.#options;
    return { machineId, ask: (ask) => this.#member.answer(ask, machineId) };
  }

  /** An event when a member begins to be missing, and when all are there again. */
  #tellRound({ pointId }: RoundOutcome, missingIds: readonly string[]): void {
    const missing = missingIds.join(" ");
    if (missing === this.#missing) return;
    this.#missing = missing;
    const { name = "", members = [] } = this.#group ?? {};
    const names = members
      .filter(({ machineId }) => missingIds.includes(machineId))
      .map(({ machineName }) => machineName)
      .join(", ");
    const detail = { point: pointId };
    if (missing === "") {
      const message = `All members have a part in the points of the group ${name} again.`;
      this.#options.onEvent({ kind: "group-complete", subject: name, message, detail, severity: "info" });
    } else {
      const message = `Points of the group ${name} are made without ${names}.`;
      this.#options.onEvent({ kind: "group-incomplete", subject: name, message, detail, severity: "warning" });
    }
  }
}

const LEFT = new Error("the machine has left its group");

/** Runs `work` until either signal aborts; the end by `left` is one that is meant. */
async function endingWith(
  left: AbortSignal,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  try {
    await work(anySignal([signal, left]));
  } catch (error) {
    if (!signal.aborted && !left.aborted) throw error;
  }
}

function planDiffers(): Fault {
  return new Fault({
    code: "group-plan-differs",
    kind: "transient",
    message: "The machine does not know the group as it is now: its plan is on the way.",
    remedy: "Try again in a moment.",
  });
}
