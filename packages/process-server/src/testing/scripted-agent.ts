import { Fault, orAborted, type Random, randomId, Waiters } from "@leeward/base";
import { together } from "@leeward/daemon";
import {
  type DiskPosition,
  encodeLogFrame,
  type LogRecord,
  type PointRecord,
  type PointStored,
  type RecordDraft,
} from "@leeward/proto";
import { type Conversation, reconnecting, Session, workOn } from "@leeward/wire";
import type { Clock, Endpoint, Network } from "@leeward/world";

export const DISK_BYTES = 256 * 1024;

interface Frame {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** One disk's log on the agent's side, whole in memory. */
export class AgentDisk {
  readonly id: string;
  branch: string;
  epoch = 1;
  readonly records: LogRecord[] = [];
  readonly refusals: Fault[] = [];
  readonly changed = new Waiters();
  frames: Frame[] = [];
  cached = 0;
  journaled = 0;
  position: DiskPosition | undefined;
  /** The frame that begins here is left out once. */
  skipOnce: number | undefined;
  readonly #random: Random;
  #time = 1_000_000;

  constructor(random: Random, id = randomId(random)) {
    this.#random = random;
    this.id = id;
    this.branch = randomId(random);
  }

  get last(): number {
    return this.frames.at(-1)?.to ?? 0;
  }

  /** Logs one frame of a few random records, with overlaps, zeroes, discards and refused writes among them. */
  logSome(count = 1 + this.#random.below(6)): void {
    const drafts: RecordDraft[] = [];
    for (let index = 0; index < count; index += 1) drafts.push(...this.#draft(this.last + drafts.length + 1));
    this.log(drafts);
  }

  /** Logs a mark of its own frame; gives its sequence. */
  logMark(number: number): number {
    const mark = {
      pointId: randomId(this.#random),
      number,
      timeMicros: this.#time,
      kind: "auto",
      consistency: "crash",
    } as const;
    this.log([{ kind: "mark", timeMicros: this.#now(), mark }]);
    return this.last;
  }

  log(drafts: readonly RecordDraft[]): void {
    const from = this.last + 1;
    const { parts } = encodeLogFrame(from, drafts);
    this.frames.push({ from, to: from + drafts.length - 1, bytes: new Uint8Array(Buffer.concat(parts)) });
    for (const [index, draft] of drafts.entries()) {
      this.records.push(
        draft.kind === "write"
          ? { ...draft, length: draft.data.length, sequence: from + index }
          : { ...draft, sequence: from + index },
      );
    }
    this.changed.notify();
  }

  /** Begins another branch: what is logged from now on belongs to it. */
  branchOff(random: Random): void {
    this.branch = randomId(random);
    this.frames = [];
    this.records.length = 0;
    this.cached = 0;
    this.journaled = 0;
    this.changed.notify();
  }

  receive(position: DiskPosition): void {
    if (position.branch !== this.branch) return;
    this.position = position;
    this.cached = Math.max(this.cached, position.cachedSequence);
    this.journaled = Math.max(this.journaled, position.journaledSequence);
    this.changed.notify();
  }

  deposited(branch: string, sequence: number): void {
    if (branch !== this.branch) return;
    this.cached = Math.max(this.cached, sequence);
    this.changed.notify();
  }

  #draft(sequence: number): RecordDraft[] {
    const random = this.#random;
    const offset = random.below(DISK_BYTES / 512) * 512;
    const length = Math.min(DISK_BYTES - offset, (1 + random.below(24)) * 512);
    const timeMicros = this.#now();
    const dice = random.below(10);
    if (dice === 0) return [{ kind: "zero", timeMicros, offset, length }];
    if (dice === 1) return [{ kind: "discard", timeMicros, offset, length }];
    const data = dice === 2 ? new Uint8Array(length) : random.bytes(length);
    const write: RecordDraft = { kind: "write", timeMicros, offset, data };
    if (dice > 3) return [write];
    const refused: RecordDraft = {
      kind: "void",
      timeMicros,
      offset,
      length,
      refusedFrom: sequence,
      refusedTo: sequence,
    };
    return [write, refused, { kind: "write", timeMicros, offset, data: random.bytes(length) }];
  }

  #now(): number {
    this.#time += 10;
    return this.#time;
  }
}

export interface ScriptedAgentOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly endpoint: Endpoint;
  readonly machineId: string;
  readonly disks: readonly AgentDisk[];
  /** Converses over something else than sessions of the network. */
  readonly converse?: (
    epoch: number,
    work: (conversation: Conversation, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ) => Promise<void>;
}

/** An agent as the process server sees one: it offers its disks, sends frames from where it is answered, and repeats points. */
export class ScriptedAgent {
  readonly points: PointRecord[] = [];
  readonly stored: PointStored[] = [];
  /** What was said of disks before they were offered. */
  readonly unasked: DiskPosition[] = [];
  /** What its conversations ended with. */
  readonly ends: string[] = [];
  /** Of the next session's Hello. */
  epoch = 1;
  readonly #options: ScriptedAgentOptions;
  readonly #pointsChanged = new Waiters();
  #open: Session | undefined;

  constructor(options: ScriptedAgentOptions) {
    this.#options = options;
  }

  /** The session with the process server, while there is one. */
  get session(): Session | undefined {
    return this.#open;
  }

  addPoint(number: number, members: readonly { disk: AgentDisk; sequence: number }[]): void {
    this.points.push({
      id: `point-${number}`,
      machineId: this.#options.machineId,
      number,
      timeMicros: number,
      validUntilMicros: number,
      kind: "auto",
      consistency: "crash",
      epoch: 1,
      members: members.map(({ disk, sequence }) => ({ diskId: disk.id, branch: disk.branch, sequence })),
      missingDiskIds: [],
    });
    this.#pointsChanged.notify();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    await reconnecting(
      { clock, random, session: (inner) => this.#session(inner), onFault: ({ code }) => this.ends.push(code) },
      signal,
    );
  }

  async #session(signal: AbortSignal): Promise<void> {
    const { network, endpoint, clock, converse } = this.#options;
    if (converse !== undefined) return converse(this.epoch, (open, inner) => this.#converse(open, inner), signal);
    const channel = await network.connect(endpoint, "process-server", signal);
    const session = await Session.connect(channel, { clock, softwareVersion: "test", epoch: this.epoch }, signal);
    await workOn(session, signal, (open, inner) => {
      this.#open = open;
      return this.#converse(open, inner);
    });
  }

  #converse(open: Conversation, signal: AbortSignal): Promise<void> {
    return together(signal, [
      (ended) => this.#receive(open, ended),
      (ended) => this.#sendPoints(open, ended),
      ...this.#options.disks.map((disk) => (ended: AbortSignal) => this.#feed(open, disk, ended)),
    ]);
  }

  async #receive(session: Conversation, signal: AbortSignal): Promise<void> {
    for await (const { body } of session.messages()) {
      signal.throwIfAborted();
      if (body.kind === "diskPosition" && body.value.branch === "") this.unasked.push(body.value);
      if (body.kind === "diskPosition")
        this.#options.disks.find(({ id }) => id === body.value.diskId)?.receive(body.value);
      if (body.kind === "pointStored") {
        this.stored.push(body.value);
        const at = this.points.findIndex(({ number }) => number > body.value.number);
        this.points.splice(0, at < 0 ? this.points.length : at);
      }
    }
    throw new Fault({ code: "session-over", kind: "transient", message: "The session is over." });
  }

  async #sendPoints(session: Conversation, signal: AbortSignal): Promise<void> {
    let sent = 0;
    while (!signal.aborted) {
      const changed = this.#pointsChanged.next();
      const next = this.points.find(({ number }) => number > sent);
      if (next === undefined) await orAborted(changed, signal);
      else {
        sent = next.number;
        await this.#membersCached(next, signal);
        await session.send({ kind: "pointRecord", value: next });
      }
    }
  }

  async #membersCached({ members }: PointRecord, signal: AbortSignal): Promise<void> {
    for (const { diskId, branch, sequence } of members) {
      const disk = this.#options.disks.find(({ id }) => id === diskId);
      while (disk !== undefined && disk.branch === branch && disk.cached < sequence)
        await orAborted(disk.changed.next(), signal);
    }
  }

  async #feed(session: Conversation, disk: AgentDisk, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const refused = await this.#offerAndSend(session, disk, signal);
      disk.refusals.push(refused);
      await this.#options.clock.sleep(Math.min(4_000, 250 * 2 ** attempt), signal);
    }
  }

  /** Sends until the disk is refused, and gives the refusal. */
  async #offerAndSend(session: Conversation, disk: AgentDisk, signal: AbortSignal): Promise<Fault> {
    const { machineId } = this.#options;
    const { branch } = disk;
    disk.position = undefined;
    const geometry = { sizeBytes: DISK_BYTES, blockBytes: 512, physicalBlockBytes: 4096 };
    await session.send({
      kind: "diskOffer",
      value: { machineId, diskId: disk.id, branch, ...geometry, epoch: disk.epoch, term: 0, heldFrom: 0 },
    });
    let next: number | undefined;
    for (;;) {
      const changed = disk.changed.next();
      const position = positionOf(disk);
      if (position?.refused !== undefined) return new Fault(position.refused);
      if (disk.branch !== branch)
        return new Fault({ code: "branch-left", kind: "transient", message: "Another branch began." });
      next ??= position === undefined ? undefined : position.cachedSequence + 1;
      const frame = next === undefined ? undefined : disk.frames.find(({ from }) => from === next);
      if (frame === undefined) await orAborted(changed, signal);
      else {
        const { from, to, bytes } = frame;
        const skipped = disk.skipOnce === from;
        if (skipped) disk.skipOnce = undefined;
        else
          await session.send(
            { kind: "records", value: { diskId: disk.id, branch, from, to, epoch: disk.epoch } },
            bytes,
          );
        next = to + 1;
      }
    }
  }
}

/** Read through a function: it changes while others run. */
function positionOf(disk: AgentDisk): DiskPosition | undefined {
  return disk.position;
}
