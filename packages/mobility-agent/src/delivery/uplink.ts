import { anySignal, Fault, isFault, orAborted, type Random, retryDelayMs } from "@leeward/base";
import {
  type CacheContainer,
  type ContainerStatus,
  type CourseRuns,
  Depositor,
  workOnCourse,
} from "@leeward/cache-account";
import { together } from "@leeward/daemon";
import type { FaultReport, PointRecord, RequestBody } from "@leeward/proto";
import {
  type Answers,
  type Conversation,
  faultOfReport,
  helloOf,
  type RequestKind,
  reconnecting,
  type Sender,
  Session,
  type SessionOptions,
  workOn,
} from "@leeward/wire";
import type { Clock, Endpoint, Network } from "@leeward/world";
import type { PointQueue } from "../marks/point-queue.ts";
import type { DiskFeed } from "./disk-feed.ts";

export interface UplinkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  /** Of one process server, in order of preference; each attempt takes the next. */
  readonly endpoints: () => readonly Endpoint[];
  readonly softwareVersion: string;
  readonly bootId: string;
  /** What this host says of itself. */
  readonly sender?: () => Sender;
  readonly epoch: () => number;
  /** Where the data go through a container: how it is opened. @throws Fault */
  readonly openContainer?: () => Promise<OpenedContainer>;
  /** The disks that go this way; looked at again whenever `feedsChanged` resolves. */
  readonly feeds: () => readonly DiskFeed[];
  readonly feedsChanged: () => Promise<void>;
  readonly points: PointQueue;
  readonly onFault: (fault: Fault | undefined) => void;
  /** Told which epoch a peer knows that refused ours as older. */
  readonly onEpochOld: (known: number) => void;
}

/** A container that this machine's data go through. */
export interface OpenedContainer {
  readonly container: CacheContainer;
  /** What may wait in it at most, in bytes. */
  readonly bytesMax: number;
  readonly runs: CourseRuns;
}

/**
 * The agent's way to one process server: one session (or, through a container, one course of deposits) that is kept up, one feed for each disk, and the machine's point records after
 * the records that they stand on.
 */
export class Uplink {
  readonly #options: UplinkOptions;
  #attempts = 0;
  #open: Conversation | undefined;
  #course: Depositor | undefined;

  constructor(options: UplinkOptions) {
    this.#options = options;
  }

  /** Asks the process server. @throws Fault `peer-lost` when there is no session, what it answers, or what ends the session */
  async ask<Kind extends RequestKind>(
    body: Extract<RequestBody, { kind: Kind }>,
    signal: AbortSignal,
  ): Promise<Answers[Kind]> {
    if (this.#open === undefined) throw notConnected();
    return this.#open.request(body, signal);
  }

  /** What waits in the container, and the requests that it took; undefined where there is none. */
  get containerStatus(): ContainerStatus | undefined {
    return this.#course?.status;
  }

  /** Whether there is a session, and what goes over it. */
  get link(): { readonly connected: boolean; readonly bytesPerSecond: number } {
    const rates = this.#options.feeds().map(({ sending }) => sending.rates().bytesPerSecond);
    return { connected: this.#open !== undefined, bytesPerSecond: rates.reduce((sum, rate) => sum + rate, 0) };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, onFault } = this.#options;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await reconnecting({ clock, random, onFault, session: (inner) => this.#session(inner) }, signal);
      } catch (error) {
        // What would do harm if it went on at once: it waits for a person, and is tried on the retry schedule.
        if (signal.aborted) return;
        if (!isFault(error)) throw error;
        onFault(error);
        await clock.sleep(retryDelayMs(attempt), signal).catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
        });
      }
    }
  }

  async #session(signal: AbortSignal): Promise<void> {
    const { network, openContainer } = this.#options;
    if (openContainer !== undefined) return this.#deposit(await openContainer(), signal);
    const channel = await network.connect(this.#nextEndpoint(), "process-server", signal);
    const session = await Session.connect(channel, this.#facts(), signal);
    await workOn(session, signal, (open, inner) => this.#converse(open, inner));
  }

  #facts(): SessionOptions {
    const { clock, softwareVersion, bootId, sender, epoch } = this.#options;
    return { clock, softwareVersion, bootId, epoch: epoch(), ...(sender && { sender: sender() }) };
  }

  async #deposit({ container, bytesMax, runs }: OpenedContainer, signal: AbortSignal): Promise<void> {
    await using _ = container.store;
    const { clock, onFault, feeds } = this.#options;
    const onDeposited = (diskId: string, branch: string, sequence: number): void =>
      feeds()
        .find(({ host }) => host.settings.diskId === diskId)
        ?.deposited(branch, sequence);
    const options = { container, clock, bytesMax, runs, hello: helloOf(this.#facts()), onFault, onDeposited };
    const course = await Depositor.open(options, signal);
    this.#course = course;
    await workOnCourse(course, signal, (open, inner) => this.#converse(open, inner));
  }

  async #converse(open: Conversation, signal: AbortSignal): Promise<void> {
    this.#options.onFault(undefined);
    this.#open = open;
    const parts = [
      () => this.#receive(open),
      (ended: AbortSignal) => this.#feedAll(open, ended),
      (ended: AbortSignal) => this.#sendPoints(open, ended),
    ];
    try {
      await together(signal, parts, (error) => open.close(isFault(error) ? error : undefined));
    } finally {
      this.#open = undefined;
    }
  }

  #nextEndpoint(): Endpoint {
    const endpoints = this.#options.endpoints();
    const endpoint = endpoints[this.#attempts % Math.max(1, endpoints.length)];
    this.#attempts += 1;
    if (endpoint !== undefined) return endpoint;
    throw processServerUnknown();
  }

  async #receive(session: Conversation): Promise<void> {
    for await (const { body } of session.messages()) {
      if (body.kind === "diskPosition" || body.kind === "pointStored") this.#noteEpoch(body.value.refused);
      if (body.kind === "diskPosition") {
        const feed = this.#options.feeds().find((each) => each.host.settings.diskId === body.value.diskId);
        feed?.receive(body.value);
      } else if (body.kind === "pointStored") {
        const { number, validUntilMicros, refused } = body.value;
        if (refused === undefined) await this.#options.points.acknowledge(number, validUntilMicros);
        else await this.#options.points.refuse(number, faultOfReport(refused, "the master target"));
      }
    }
  }

  #noteEpoch(refused: FaultReport | undefined): void {
    const known = Number(refused?.detail["known"]);
    if (refused?.code === "epoch-old" && Number.isSafeInteger(known)) this.#options.onEpochOld(known);
  }

  /** Keeps a feed for each disk that goes this way. None runs any more when it settles. */
  async #feedAll(session: Conversation, signal: AbortSignal): Promise<never> {
    const over = new AbortController();
    const inner = anySignal([signal, over.signal]);
    const running = new Map<DiskFeed, RunningFeed>();
    try {
      for (;;) {
        const changed = this.#options.feedsChanged();
        const wanted = new Set(this.#options.feeds());
        for (const [feed, { stop, ended }] of running) {
          if (wanted.has(feed)) continue;
          stop.abort();
          await ended;
          running.delete(feed);
        }
        for (const feed of wanted) {
          if (!running.has(feed)) running.set(feed, startFeed(feed, session, { signal: inner, over }));
        }
        await orAborted(changed, inner);
      }
    } finally {
      for (const { stop } of running.values()) stop.abort();
      await Promise.all([...running.values()].map(({ ended }) => ended));
    }
  }

  /** Each waiting record once in this session, after the records of its members, and again when its validity was extended. */
  async #sendPoints(session: Conversation, signal: AbortSignal): Promise<void> {
    const { points } = this.#options;
    let sent: { number: number; validUntilMicros: number } = { number: 0, validUntilMicros: 0 };
    for (;;) {
      const changed = points.changed();
      const next = points
        .waiting()
        .find(
          ({ number, validUntilMicros }) =>
            number > sent.number || (number === sent.number && validUntilMicros > sent.validUntilMicros),
        );
      if (next === undefined) await orAborted(changed, signal);
      else {
        await this.#membersSent(next, signal);
        await session.send({ kind: "pointRecord", value: next });
        points.noteSent(next);
        sent = { number: next.number, validUntilMicros: next.validUntilMicros };
      }
    }
  }

  async #membersSent(record: PointRecord, signal: AbortSignal): Promise<void> {
    for (;;) {
      const feeds = this.#options.feeds();
      const behind = record.members
        .map(({ diskId, branch, sequence }) => ({
          feed: feeds.find(({ host }) => host.settings.diskId === diskId && host.facts()?.branch === branch),
          branch,
          sequence,
        }))
        .find(({ feed, branch, sequence }) => feed !== undefined && !feed.hasSent(branch, sequence));
      if (behind?.feed === undefined) return;
      const changed = behind.feed.changed();
      if (!behind.feed.hasSent(behind.branch, behind.sequence)) {
        await orAborted(Promise.race([changed, this.#options.feedsChanged()]), signal);
      }
    }
  }
}

/** The plan does not say where the process server is, or who. */
export function processServerUnknown(): Fault {
  return new Fault({
    code: "process-server-unknown",
    kind: "transient",
    message: "The plan names no address of a process server.",
  });
}

/** The process server that the disk's plan names has no session with this machine now. */
export function notConnected(): Fault {
  return new Fault({ code: "peer-lost", kind: "transient", message: "There is no session with the process server." });
}

interface RunningFeed {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** A mistake of ours in one feed ends all of them. */
function startFeed(
  feed: DiskFeed,
  session: Conversation,
  { signal, over }: { readonly signal: AbortSignal; readonly over: AbortController },
): RunningFeed {
  const stop = new AbortController();
  const own = anySignal([signal, stop.signal]);
  const ended = feed.run(session, own).catch((error: unknown) => {
    if (!own.aborted) over.abort(error);
  });
  return { stop, ended };
}
