import { Fault, isFault, Mutex, reconnectDelayMs } from "@leeward/base";
import { isJournalAway, type MachineJournal } from "@leeward/journal";
import type { DiskPosition, FaultReport, PointRecord } from "@leeward/proto";
import { reportOfFault, type Session, type SessionMessage } from "@leeward/wire";
import type { Clock } from "@leeward/world";
import type { DiskIntake } from "./disk-intake.ts";
import type { EpochBook } from "./epoch-book.ts";
import { storePoint } from "./store-point.ts";

/** What a session finds behind the names that it hears. */
export interface IntakeTargets {
  readonly clock: Clock;
  readonly epochs: EpochBook;
  disk(diskId: string): DiskIntake | undefined;
  machine(machineId: string): MachineJournal | undefined;
  /** The peer may not have what it asked for. */
  refused(what: string, fault: Pick<FaultReport, "code" | "message">): void;
  /** A point became recoverable, or holds longer. */
  pointStored(point: PointRecord, tookMicros: number): void;
}

/** Point records of one session that wait for their members at once; more are passed over, and sent again by who gets no answer. */
const POINTS_WAITING_MAX = 256;

/**
 * One process server's session. Disks do not hold one another: while one disk's segment is made durable, the parts of the others are
 * taken; a second message of the same disk waits. What a peer says wrongly of one disk is that disk's refusal.
 */
export class IntakeSession {
  readonly #targets: IntakeTargets;
  readonly #session: Session;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #points = new Mutex();
  readonly #failed = Promise.withResolvers<never>();
  /** Those that were taken and not answered. */
  readonly #pointsWaiting = new Map<string, Promise<void>>();

  constructor(session: Session, targets: IntakeTargets) {
    this.#session = session;
    this.#targets = targets;
    this.#failed.promise.catch(() => undefined);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.race([this.#failed.promise, this.#receive(signal)]);
  }

  async #receive(signal: AbortSignal): Promise<void> {
    for await (const message of this.#session.messages()) {
      const { body } = message;
      switch (body.kind) {
        case "diskOffer":
        case "segmentPart":
          await this.#inLane(body.value.diskId, () => this.#onDisk(message));
          break;
        case "pointRecord":
          this.#takePoint(body.value, signal);
          break;
        case "diskPosition":
        case "records":
        case "pointStored":
        case "groupAsk":
        case "groupAnswer":
        case "controlNotice":
          throw new Fault({
            code: "message-unexpected",
            kind: "protocol",
            message: `A process server has no business to send ${body.kind}.`,
          });
      }
    }
    await Promise.all([...this.#lanes.values(), ...this.#pointsWaiting.values()]);
  }

  /** Starts the work once the disk's last one has ended; waits only when the disk has one under way. */
  async #inLane(diskId: string, work: () => Promise<void>): Promise<void> {
    await this.#lanes.get(diskId);
    const lane = work()
      .catch((error: unknown) => this.#failed.reject(error))
      .then(() => void this.#lanes.delete(diskId));
    this.#lanes.set(diskId, lane);
  }

  async #onDisk({ body, payload }: SessionMessage): Promise<void> {
    if (body.kind !== "diskOffer" && body.kind !== "segmentPart") return;
    const { diskId, branch } = body.value;
    const intake = this.#targets.disk(diskId);
    const peerId = this.#session.peer.id;
    let position: DiskPosition | undefined = diskUnknown(diskId, branch);
    if (intake !== undefined) {
      position = await (body.kind === "diskOffer"
        ? intake.offer(body.value, peerId)
        : intake.part(body.value, payload, peerId));
    }
    const refused = position?.refused;
    if (refused !== undefined && isMisdeed(refused)) this.#targets.refused(`disk ${diskId}`, refused);
    if (position !== undefined) await this.#session.send({ kind: "diskPosition", value: position });
  }

  /** Points are stored in order, beside the segments; a point whose members are not here yet waits for them. */
  #takePoint(point: PointRecord, signal: AbortSignal): void {
    const key = `${point.machineId} ${point.number} ${point.validUntilMicros}`;
    if (this.#pointsWaiting.size >= POINTS_WAITING_MAX || this.#pointsWaiting.has(key)) return;
    const storing = this.#points
      .hold(() => this.#storePoint(point, signal))
      .catch((error: unknown) => this.#failed.reject(error))
      .finally(() => this.#pointsWaiting.delete(key))
      .then(() => undefined);
    this.#pointsWaiting.set(key, storing);
  }

  /** A process server sends a point after what it brings of the disks that it forwards; those of others it knows nothing of. */
  #isBrought(diskId: string): boolean {
    return this.#targets.disk(diskId)?.plan.processServerId === this.#session.peer.id;
  }

  async #storePoint(point: PointRecord, signal: AbortSignal): Promise<void> {
    const machine = this.#targets.machine(point.machineId);
    if (machine === undefined) return;
    const { machineId, number, validUntilMicros } = point;
    const stored = { machineId, number, validUntilMicros };
    const isBrought = (diskId: string): boolean => this.#isBrought(diskId);
    const began = this.#targets.clock.monotonicMicros();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await storePoint({ epochs: this.#targets.epochs, machine, isBrought }, point, signal);
        this.#targets.pointStored(point, this.#targets.clock.monotonicMicros() - began);
        return await this.#session.send({ kind: "pointStored", value: stored });
      } catch (error) {
        if (signal.aborted || !isFault(error)) throw error;
        // Answers go back in order, so a point that fails only for now is tried until it is stored.
        if (error.kind !== "transient" && !isJournalAway(error)) {
          return await this.#session.send({ kind: "pointStored", value: { ...stored, refused: reportOfFault(error) } });
        }
        await this.#targets.clock.sleep(reconnectDelayMs(attempt), signal);
      }
    }
  }
}

/** What passes by itself is part of the work, but for a disk whose lease another process server holds: who asks for that may mean no good. */
function isMisdeed({ code, kind }: FaultReport): boolean {
  return kind === "protocol" || kind === "operator" || code === "lease-elsewhere";
}

function diskUnknown(diskId: string, branch: string): DiskPosition {
  const refused = reportOfFault(diskNotPlanned(diskId));
  return { diskId, branch, cachedSequence: 0, journaledSequence: 0, refused };
}

export function diskNotPlanned(diskId: string): Fault {
  return new Fault({
    code: "disk-not-planned",
    kind: "transient",
    message: `This master target has not been told of disk ${diskId} yet.`,
    detail: { disk: diskId },
  });
}
