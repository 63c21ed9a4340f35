import { Fault, isFault, orAborted, type Random, retryDelayMs } from "@leeward/base";
import type { PointRecord } from "@leeward/proto";
import { faultOfReport, reconnecting, Session, workOn } from "@leeward/wire";
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
  readonly epoch: () => number;
  /** The disks that go this way; looked at again whenever `feedsChanged` resolves. */
  readonly feeds: () => readonly DiskFeed[];
  readonly feedsChanged: () => Promise<void>;
  readonly points: PointQueue;
  readonly onFault: (fault: Fault | undefined) => void;
}

/**
 * The agent's way to one process server: one session that is kept up, one feed for each disk, and the machine's point records after
 * the records that they stand on.
 */
export class Uplink {
  readonly #options: UplinkOptions;
  #attempts = 0;

  constructor(options: UplinkOptions) {
    this.#options = options;
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
    const { network, clock, softwareVersion, bootId } = this.#options;
    const channel = await network.connect(this.#nextEndpoint(), "process-server", signal);
    const epoch = this.#options.epoch();
    const session = await Session.connect(channel, { clock, softwareVersion, bootId, epoch }, signal);
    await workOn(session, signal, async (open, inner) => {
      this.#options.onFault(undefined);
      await Promise.all([this.#receive(open), this.#feedAll(open, inner), this.#sendPoints(open, inner)]);
    });
  }

  #nextEndpoint(): Endpoint {
    const endpoints = this.#options.endpoints();
    const endpoint = endpoints[this.#attempts % Math.max(1, endpoints.length)];
    this.#attempts += 1;
    if (endpoint !== undefined) return endpoint;
    throw new Fault({
      code: "process-server-unknown",
      kind: "transient",
      message: "The plan names no address of a process server.",
    });
  }

  async #receive(session: Session): Promise<void> {
    for await (const { body } of session.messages()) {
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

  /** Starts a feed for each disk that goes this way, and ends that of one which does not any more. */
  async #feedAll(session: Session, signal: AbortSignal): Promise<void> {
    const running = new Map<DiskFeed, AbortController>();
    const failed = Promise.withResolvers<never>();
    try {
      for (;;) {
        const changed = this.#options.feedsChanged();
        const wanted = new Set(this.#options.feeds());
        for (const [feed, controller] of running) {
          if (wanted.has(feed)) continue;
          controller.abort();
          running.delete(feed);
        }
        for (const feed of wanted) {
          if (running.has(feed)) continue;
          const controller = new AbortController();
          running.set(feed, controller);
          const inner = AbortSignal.any([signal, controller.signal]);
          feed.run(session, inner).catch((error: unknown) => (inner.aborted ? undefined : failed.reject(error)));
        }
        await orAborted(Promise.race([changed, failed.promise]), signal);
      }
    } finally {
      for (const controller of running.values()) controller.abort();
    }
  }

  /** Each waiting record once in this session, after the records of its members, and again when its validity was extended. */
  async #sendPoints(session: Session, signal: AbortSignal): Promise<void> {
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
