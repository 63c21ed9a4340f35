import { type Fault, orAborted, Waiters } from "@leeward/base";
import { together } from "@leeward/daemon";
import type { DiskOffer, PointStored } from "@leeward/proto";
import { type Agreement, reportOfFault, type Session, type SessionMessage } from "@leeward/wire";
import { Crew, messagesOf } from "../crew.ts";
import { diskUnknown, epochOld, messageUnexpected } from "../faults.ts";
import { LIMITS } from "../limits.ts";
import type { AgentPort, DiskIntake } from "./disk-intake.ts";

/** A session with an agent, or what stands for one (../collect). */
export type AgentConversation = Pick<Session, "peer" | "address" | "send" | "messages"> & {
  readonly agreement: Pick<Agreement, "epoch">;
};

/** What an agent's session needs of the server. */
export interface AgentDesk {
  /** undefined when the plan does not name the disk. */
  intakeOf(diskId: string): DiskIntake | undefined;
  intakes(): Iterable<DiskIntake>;
  /** The highest that is known. */
  epochOf(machineId: string): number;
  /** An offer was refused. */
  refused(session: AgentConversation, what: string, fault: Fault): void;
  /** Keeps a machine's point until its target has it. */
  takePoint(port: AgentPort, message: Extract<SessionMessage["body"], { kind: "pointRecord" }>["value"]): Promise<void>;
}

/**
 * One session with an agent: what comes in goes to the disks, and what they have to say goes out, at most one position of each disk at a
 * time. Reading waits only for the cache: never for a sync, a cut, or another end.
 */
export class AgentSession implements AgentPort {
  readonly machineId: string;
  #epoch: number;
  readonly #session: AgentConversation;
  readonly #desk: AgentDesk;
  readonly #offers = new Crew<string>();
  readonly #changed = new Waiters();
  readonly #due = new Set<DiskIntake>();
  /** Offers that were refused at once, by disk. */
  readonly #refused = new Map<string, { readonly branch: string; readonly fault: Fault }>();
  #stored: PointStored[] = [];
  #appending: { readonly bytes: number; readonly written: Promise<void> }[] = [];

  constructor(session: AgentConversation, desk: AgentDesk) {
    this.machineId = session.peer.id;
    this.#epoch = session.agreement.epoch;
    this.#session = session;
    this.#desk = desk;
  }

  /** Serves the session until it ends. */
  async run(signal: AbortSignal): Promise<void> {
    this.#tellEpoch();
    try {
      await together(signal, [
        (inner) => this.#receive(inner),
        (inner) => this.#tell(inner),
        (inner) => this.#offers.run(inner),
      ]);
    } finally {
      for (const intake of this.#desk.intakes()) intake.leave(this);
    }
  }

  get epoch(): number {
    return this.#epoch;
  }

  announce(intake: DiskIntake): void {
    this.#due.add(intake);
    this.#changed.notify();
  }

  refuse({ diskId, branch }: Pick<DiskOffer, "diskId" | "branch">, fault: Fault): void {
    this.#desk.refused(this.#session, `disk ${diskId}`, fault);
    if (this.#refused.size < LIMITS.refusalsToTellMax) this.#refused.set(diskId, { branch, fault });
    this.#changed.notify();
  }

  /** Passes on that the target holds the machine's points up to this one, or will never hold this one. */
  relay(stored: PointStored): void {
    // A later answer stands for those before it, but not for a refusal.
    const last = this.#stored.at(-1);
    const covers = stored.refused === undefined && last !== undefined && last.refused === undefined;
    if (covers && last.number <= stored.number) this.#stored.pop();
    if (this.#stored.length < LIMITS.storedToTellMax) this.#stored.push(stored);
    this.#changed.notify();
  }

  /** Whoever comes with an older epoch is told so before it offers anything, of no branch. */
  #tellEpoch(): void {
    const { epoch: offered } = this.#session.agreement;
    const known = this.#desk.epochOf(this.machineId);
    if (offered >= known) return;
    for (const { disk } of this.#desk.intakes()) {
      if (disk.plan.machineId !== this.machineId || this.#refused.size >= LIMITS.refusalsToTellMax) continue;
      this.#refused.set(disk.id, { branch: "", fault: epochOld(disk.id, { offered, known }) });
    }
  }

  async #receive(signal: AbortSignal): Promise<void> {
    for await (const { body, payload } of messagesOf(this.#session, signal)) {
      switch (body.kind) {
        case "records":
          await this.#noteAppending(
            this.#desk.intakeOf(body.value.diskId)?.take(this, body.value, payload),
            payload.length,
          );
          break;
        case "diskOffer":
          await this.#offer(body.value);
          break;
        case "pointRecord":
          await this.#desk.takePoint(this, body.value);
          break;
        case "diskPosition":
        case "segmentPart":
        case "pointStored":
        case "groupAsk":
        case "groupAnswer":
        case "controlNotice":
          throw messageUnexpected(body.kind);
      }
    }
  }

  /** Lets a few frames be on their way to the cache at once, so that the log can write them together. */
  async #noteAppending(written: Promise<void> | undefined, bytes: number): Promise<void> {
    if (written === undefined) return;
    this.#appending.push({ bytes, written });
    let waiting = this.#appending.reduce((sum, each) => sum + each.bytes, 0);
    while (waiting > LIMITS.appendingBytesMax) {
      const first = this.#appending.shift();
      if (first === undefined) return;
      await first.written;
      waiting -= first.bytes;
    }
  }

  /** An offer may wait for the target's word; what else the agent says does not wait for it. */
  async #offer(offer: DiskOffer): Promise<void> {
    const { diskId } = offer;
    const intake = this.#desk.intakeOf(diskId);
    if (intake === undefined) return this.refuse(offer, diskUnknown(diskId));
    this.#epoch = Math.max(this.#epoch, offer.epoch);
    await this.#offers.end(diskId);
    this.#offers.start(diskId, (signal) => intake.offer(this, offer, signal));
  }

  async #tell(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changed = this.#changed.next();
      const body = this.#takeDue();
      if (body === undefined) await orAborted(changed, signal);
      else await this.#session.send(body);
    }
  }

  #takeDue(): Parameters<Session["send"]>[0] | undefined {
    for (const intake of this.#due) {
      this.#due.delete(intake);
      const value = intake.positionFor(this);
      if (value !== undefined) return { kind: "diskPosition", value };
    }
    for (const [diskId, { branch, fault }] of this.#refused) {
      this.#refused.delete(diskId);
      const refused = reportOfFault(fault);
      return { kind: "diskPosition", value: { diskId, branch, cachedSequence: 0, journaledSequence: 0, refused } };
    }
    const value = this.#stored.shift();
    if (value === undefined) return undefined;
    return { kind: "pointStored", value };
  }
}
