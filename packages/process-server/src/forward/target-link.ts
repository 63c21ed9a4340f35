import { type Fault, orAborted, retryDelayMs, type Waiters } from "@leeward/base";
import { type Throttle, type ThrottlePlace, type Trace, together } from "@leeward/daemon";
import type { LinkStatus, RequestBody } from "@leeward/proto";
import { type Answers, reconnecting, Session, workOn } from "@leeward/wire";
import { type Endpoint, type Network, WorkMeter, type World } from "@leeward/world";
import { changedOrAfter, messagesOf } from "../crew.ts";
import { asFault, messageUnexpected, peerForeign, targetAway } from "../faults.ts";
import type { FurtherPoints } from "../points/further-points.ts";
import type { HandedOn } from "../points/handed-on.ts";
import { PointSender, type PointSource } from "../points/point-sender.ts";
import { DiskSender, type Outgoing } from "./disk-sender.ts";
import { PartReader } from "./part-reader.ts";
import type { Way } from "./way.ts";

/** What an agent may ask of a replica machine's disk. */
export type ReplicaQuestion = Extract<
  RequestBody,
  { readonly kind: "replicaChanges" | "replicaRead" | "replicaDigests" }
>;

export interface TargetLinkOptions {
  readonly world: World;
  readonly network: Network;
  readonly softwareVersion: string;
  readonly endpoint: Endpoint;
  readonly targetId: string;
  /** The disks that go to this target now. */
  readonly ways: () => readonly Way[];
  /** Of machines whose main target it is. */
  readonly points: PointSource;
  /** Of machines of which it is a further one. */
  readonly furtherPoints: FurtherPoints;
  /** Notified when something may be there to send. */
  readonly forwardable: Waiters;
  /** Of the process server; what is no payload goes past it. */
  readonly throttle: Throttle;
  readonly trace: Trace;
  readonly moments: HandedOn;
}

interface Sending {
  readonly sender: DiskSender;
  readonly reader: PartReader;
  readonly way: Way;
}

/** The points on their way in one session. */
interface Points {
  readonly main: PointSender;
  readonly further: PointSender;
}

/**
 * The way to one master target: a session that is kept up, over which the disks' cuts go in turn, one part of each at a time, and the
 * machines' points after what they stand on. Nothing is held here: whatever a broken session leaves unsaid is offered anew in the next.
 */
export class TargetLink {
  readonly #options: TargetLinkOptions;
  readonly #senders = new Map<string, Sending>();
  /** Of the payload to this target. */
  readonly traffic: WorkMeter;
  #session: Session | undefined;
  /** When the first part of the segment that is under way was sent, by disk. */
  readonly #began = new Map<string, number>();
  #turn = 0;

  constructor(options: TargetLinkOptions) {
    this.#options = options;
    this.traffic = new WorkMeter(options.world.clock);
  }

  /**
   * Asks the target what an agent asked. Nothing is kept for a later session: whoever asks asks again.
   * @throws Fault `target-away`, what the target answers, or what ends the session
   */
  async ask<Kind extends ReplicaQuestion["kind"]>(
    body: Extract<ReplicaQuestion, { kind: Kind }>,
    signal: AbortSignal,
  ): Promise<Answers[Kind]> {
    if (this.#session === undefined) throw targetAway(this.#options.targetId);
    return this.#session.request(body, signal);
  }

  get status(): LinkStatus {
    const { bytesPerSecond } = this.traffic.rates();
    return { peerId: this.#options.targetId, connected: this.#session !== undefined, bytesPerSecond };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options.world;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await reconnecting(
          { clock, random, session: (inner) => this.#converse(inner), onFault: (fault) => this.#onFault(fault) },
          signal,
        );
      } catch (error) {
        if (signal.aborted) break;
        // The session ended for what a person has to look at; other disks may be well again when it is tried later.
        this.#onFault(asFault(error));
        await clock.sleep(retryDelayMs(attempt), signal);
      }
    }
  }

  async #converse(signal: AbortSignal): Promise<void> {
    const { world, network, endpoint, softwareVersion, targetId } = this.#options;
    const channel = await network.connect(endpoint, "master-target", signal);
    const session = await Session.connect(channel, { clock: world.clock, softwareVersion }, signal);
    await workOn(session, signal, async (open, inner) => {
      if (open.peer.id !== targetId) throw peerForeign(open.address, `is ${open.peer.id}, not ${targetId}`);
      // What stood in the way of the session is over; what a disk meets in it is raised anew.
      for (const { faults } of this.#options.ways()) faults.clear("forward");
      const points = {
        main: new PointSender(this.#options.points, world.clock, targetId),
        further: new PointSender(this.#options.furtherPoints, world.clock, targetId),
      };
      this.#session = open;
      try {
        await together(inner, [
          (ended) => this.#receive(open, points, ended),
          (ended) => this.#send(open, points, ended),
        ]);
      } finally {
        this.#session = undefined;
        for (const id of this.#senders.keys()) await this.#forget(id);
      }
    });
  }

  async #receive(session: Session, points: Points, signal: AbortSignal): Promise<void> {
    for await (const { body } of messagesOf(session, signal)) {
      if (body.kind === "diskPosition") {
        await this.#senders.get(body.value.diskId)?.sender.receive(body.value);
      } else if (body.kind === "pointStored") {
        const isFurther = this.#options.furtherPoints.serves(this.#options.targetId, body.value.machineId);
        await (isFurther ? points.further : points.main).receive(body.value);
      } else throw messageUnexpected(body.kind);
      this.#options.forwardable.notify();
    }
  }

  /** One message after another; the next is made ready while the last is on its way to the transport. */
  async #send(session: Session, points: Points, signal: AbortSignal): Promise<void> {
    const { world, forwardable, throttle } = this.#options;
    using place = throttle.place(() => forwardable.notify());
    let last: Promise<void> = Promise.resolve();
    while (!signal.aborted) {
      const changed = forwardable.next();
      const message = pointMessage(points) ?? (await this.#nextOfDisks(session.address, place));
      await orAborted(last, signal);
      if (message === undefined) {
        await changedOrAfter(world.clock, { changed, delayMs: this.#retryInMs(points) }, signal);
        continue;
      }
      const { way } = message;
      last = way === undefined ? this.#sendControl(session, message) : this.#sendPart(session, { ...message, way });
      last.catch(() => undefined);
    }
  }

  async #sendControl(session: Session, { body, payload }: Message): Promise<void> {
    const { moments, world } = this.#options;
    await session.send(body, payload);
    if (body.kind !== "pointRecord") return;
    const { atMicros = world.clock.wallMicros() } = moments.momentOf(body.value.id, "received") ?? {};
    moments.note(body.value, "forwarded", { tookMicros: world.clock.wallMicros() - atMicros });
  }

  async #sendPart(session: Session, { body, payload, way }: Message & { readonly way: Way }): Promise<void> {
    const { clock } = this.#options.world;
    const began = clock.monotonicMicros();
    await way.sending.during(() => session.send(body, payload));
    if (body.kind !== "segmentPart") return;
    const { branch, from, to, position, totalBytes } = body.value;
    if (position === 0) this.#began.set(way.disk.id, began);
    if (position + (payload?.length ?? 0) < totalBytes) return;
    const tookMicros = clock.monotonicMicros() - (this.#began.get(way.disk.id) ?? began);
    if (way.isMain) way.disk.passages.note("sent", { branch, from, to }, { tookMicros });
  }

  /** Asks the disks in turn, beginning after the one that was served last; for a part of a segment only when it is this link's turn. */
  async #nextOfDisks(address: string, place: ThrottlePlace): Promise<Message | undefined> {
    const all = this.#options.ways();
    await this.#forgetAllBut(all);
    let partWaits = false;
    for (let index = 0; index < all.length; index += 1) {
      const way = all[(this.#turn + index) % all.length];
      if (way === undefined) continue;
      const sending = this.#sendingOf(way, address);
      const next = await sending.sender.next(() => place.ready());
      if (next?.kind === "waits") partWaits = true;
      const message = next && (await this.#messageOf(sending, next));
      if (message === undefined) continue;
      if (message.payload !== undefined) place.spend(message.payload.length);
      this.#turn = (this.#turn + index + 1) % all.length;
      return message;
    }
    // Nobody else waits for a turn that nothing here needs.
    if (!partWaits) place.pass();
    return undefined;
  }

  async #messageOf({ reader, sender, way }: Sending, next: Outgoing): Promise<Message | undefined> {
    if (next.kind === "waits") return undefined;
    if (next.kind === "message") return { body: next.body };
    const { branch, part } = next;
    const { from, to, sha256, sizeBytes } = part.cut;
    try {
      const payload = await way.sending.during(() => reader.read(part));
      way.forwardedBytes += payload.length;
      way.sending.pass(payload.length);
      this.traffic.pass(payload.length);
      const { term } = way.disk.plan;
      const place = { diskId: way.disk.id, branch: branch.id, from, to, epoch: branch.offer.epoch, term };
      return {
        body: { kind: "segmentPart", value: { ...place, position: part.position, totalBytes: sizeBytes, sha256 } },
        payload,
        way,
      };
    } catch (error) {
      await sender.failed(asFault(error), part);
      return undefined;
    }
  }

  #sendingOf(way: Way, address: string): Sending {
    const { id } = way.disk;
    const known = this.#senders.get(id);
    if (known !== undefined) return known;
    const { world, trace } = this.#options;
    const { clock, files } = world;
    const sending = {
      sender: new DiskSender({ way, clock, address, trace }),
      reader: new PartReader(files),
      way,
    };
    this.#senders.set(id, sending);
    return sending;
  }

  async #forgetAllBut(all: readonly Way[]): Promise<void> {
    if (this.#senders.size === 0) return;
    const wanted = new Set(all);
    for (const [id, { way }] of this.#senders) if (!wanted.has(way)) await this.#forget(id);
  }

  async #forget(id: string): Promise<void> {
    const sending = this.#senders.get(id);
    this.#senders.delete(id);
    this.#began.delete(id);
    await sending?.reader.close();
  }

  #retryInMs({ main, further }: Points): number | undefined {
    let earliest: number | undefined;
    const senders = Array.from(this.#senders.values(), ({ sender }) => sender);
    for (const { retryInMs: inMs } of [main, further, ...senders]) {
      if (inMs !== undefined) earliest = Math.min(earliest ?? inMs, inMs);
    }
    return earliest;
  }

  #onFault(fault: Fault): void {
    this.#options.trace.warn("There is no session to a master target.", { target: this.#options.targetId, fault });
    for (const { faults } of this.#options.ways()) faults.raise("forward", fault);
  }
}

interface Message {
  readonly body: Parameters<Session["send"]>[0];
  readonly payload?: Uint8Array;
  /** Of the payload. */
  readonly way?: Way;
}

function pointMessage({ main, further }: Points): Message | undefined {
  const value = main.next() ?? further.next();
  return value && { body: { kind: "pointRecord", value } };
}
