import { anySignal, Fault, Mutex } from "@leeward/base";
import type { EventReport } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { HOOK_HOLD_MS_MAX } from "../limits.ts";
import { leftAtRestEvent, lessConsistentEvent, restEndedEvent } from "./hook-events.ts";
import type { HookSet, LeftHooks } from "./hook-set.ts";
import type { LastingRest, RestReached } from "./lasting-rest.ts";
import { atNoRest, type PointAsked, type PointOutcome, type Quiesce, type Quiesced } from "./quiesce.ts";

export interface HookQuiesceOptions {
  readonly clock: Clock;
  readonly hooks: HookSet;
  /** The machine's name in the installation: what events are about. */
  readonly machine: () => string;
  readonly onEvent: (event: EventReport) => void;
}

/**
 * Brings applications to rest by the machine's hooks, for one point at a time.
 *
 * ```
 *  idle ──before──► pre ──all done──► held ──after──► post ──► idle
 *                    └─ failed: post ──► idle           ▲
 *                                      held for too long, or stopped
 * ```
 *
 * A hold that nobody ends is ended after `HOOK_HOLD_MS_MAX`, and the point is then a crash-consistent one. A rest that lasts (`begin`) is ended by `end`
 * alone, and no point has a hold of its own until then.
 */
export class HookQuiesce implements Quiesce, LastingRest {
  readonly #options: HookQuiesceOptions;
  readonly #alone = new Mutex();
  readonly #stopping = new AbortController();
  #hold: Hold | undefined;
  #recovered: Promise<void> | undefined;
  /** What was told last of points by the schedule: the same again is not told again. */
  #toldLast = "";

  constructor(options: HookQuiesceOptions) {
    this.#options = options;
  }

  async before(asked: PointAsked, signal: AbortSignal): Promise<Quiesced> {
    if (asked.consistency === "crash") return atNoRest();
    if (asked.consistency === "file-system") return this.#less(asked, noFreeze());
    const begun = Promise.withResolvers<Quiesced>();
    this.#alone.hold(() => this.#holdOnce(asked, signal, begun.resolve)).catch(begun.reject);
    return begun.promise;
  }

  async begin(asked: PointAsked, signal: AbortSignal): Promise<RestReached> {
    return this.#alone.hold(async () => {
      const { hooks } = this.#options;
      await this.#recover();
      // An earlier one that was never ended.
      if (hooks.stays) await hooks.endStay();
      const inner = anySignal([signal, this.#stopping.signal]);
      const fault = inner.aborted ? stopping() : await hooks.preToStay(asked.pointId, inner);
      if (fault === undefined) return { consistency: "application" };
      // Where nobody ever asked for more, nothing is in the way of it.
      if (fault.code === "hooks-missing") return { consistency: "crash" };
      this.#less(asked, fault);
      return { consistency: "crash", fault };
    });
  }

  async end(): Promise<void> {
    await this.#alone.hold(async () => {
      await this.#recover();
      const left = await this.#options.hooks.endStay();
      if (left !== undefined) this.#options.onEvent(restEndedEvent(this.#options.machine(), left));
    });
  }

  /** Ends at once what an earlier agent left at rest, unless it is to stay so; when the signal aborts, ends every hold and takes none any more. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#alone.hold(() => this.#recover());
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (!signal.aborted) await promise;
    this.#stopping.abort(stopping());
    await this.#hold?.after("failed");
    await this.#alone.hold(async () => undefined);
  }

  async #holdOnce(asked: PointAsked, signal: AbortSignal, begun: (quiesced: Quiesced) => void): Promise<void> {
    const { hooks, clock } = this.#options;
    await this.#recover();
    if (hooks.stays) return begun(atNoRest());
    const inner = anySignal([signal, this.#stopping.signal]);
    const failure = inner.aborted ? stopping() : await hooks.pre(asked.pointId, inner);
    if (failure !== undefined) {
      begun(this.#less(asked, failure));
      return;
    }
    const hold = new Hold((outcome) => hooks.post(outcome));
    this.#hold = hold;
    if (inner.aborted) void hold.after("failed");
    begun(hold);
    const why = await hold.ended(clock, HOOK_HOLD_MS_MAX);
    this.#hold = undefined;
    if (why === undefined) this.#toldLast = "";
    else this.#less(asked, why);
  }

  #recover(): Promise<void> {
    this.#recovered ??= this.#options.hooks.recover().then((left: LeftHooks | undefined) => {
      if (left !== undefined) this.#options.onEvent(leftAtRestEvent(this.#options.machine(), left));
    });
    return this.#recovered;
  }

  /** A point of the schedule that is less for the same reason as the one before is not told again: an hourly point is no hourly alert. */
  #less(asked: PointAsked, why: Fault): Quiesced {
    const told = `${why.code} ${why.message}`;
    if (asked.kind !== "auto" || told !== this.#toldLast) {
      this.#options.onEvent(lessConsistentEvent(this.#options.machine(), asked, why));
    }
    if (asked.kind === "auto") this.#toldLast = told;
    return atNoRest();
  }
}

/** What all `--pre` have brought to rest, until `--post`. */
class Hold implements Quiesced {
  readonly #post: (outcome: PointOutcome) => Promise<Fault | undefined>;
  readonly #over = Promise.withResolvers<Fault | undefined>();
  readonly #timer = new AbortController();
  #ending: Promise<Fault | undefined> | undefined;

  constructor(post: (outcome: PointOutcome) => Promise<Fault | undefined>) {
    this.#post = post;
  }

  consistency(): "application" | "crash" {
    return this.#ending === undefined ? "application" : "crash";
  }

  async after(outcome: PointOutcome): Promise<"application" | "crash"> {
    if (this.#ending === undefined) {
      this.#timer.abort();
      this.#ending = this.#post(outcome).then((fault) => fault ?? (outcome === "failed" ? holdLost() : undefined));
      this.#ending.then(this.#over.resolve, this.#over.reject);
    }
    return (await this.#ending) === undefined ? "application" : "crash";
  }

  /** Settles when applications run again: with why no point may rest on the hold, if so. */
  async ended(clock: Clock, limitMs: number): Promise<Fault | undefined> {
    clock.sleep(limitMs, this.#timer.signal).then(
      () => this.after("failed").catch(() => undefined),
      () => undefined,
    );
    return this.#over.promise;
  }
}

function noFreeze(): Fault {
  return new Fault({
    code: "consistency-unavailable",
    kind: "operator",
    message: "Nothing on this machine brings its file systems to rest for a point.",
    remedy: "Ask for an application-consistent point, with hooks, or for a crash-consistent one.",
  });
}

function holdLost(): Fault {
  return new Fault({
    code: "hold-lost",
    kind: "transient",
    message:
      "Applications were let go before the point's moment, which had not come in time or was not wanted any more.",
  });
}

function stopping(): Fault {
  return new Fault({
    code: "daemon-stopping",
    kind: "transient",
    message: "The agent is being stopped, or nobody waits for the point any more; no application is brought to rest.",
  });
}
