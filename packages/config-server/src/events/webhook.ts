// Events of severity warning and critical, brought to one URL. It goes along the events by their ids and remembers the last one that was delivered or
// given up, so that a restart neither repeats much nor forgets; and it runs beside everything else, so that a receiver that hangs stops nothing.
import type { Event } from "@leeward/api";
import { Fault, reconnectDelayMs } from "@leeward/base";
import type { LiveConfig, Trace } from "@leeward/daemon";
import type { Clock } from "@leeward/world";
import type { ConfigServerSettings } from "../config.ts";
import { WEBHOOK_ATTEMPTS_MAX } from "../limits.ts";
import type { FactRows } from "../store/fact-rows.ts";
import type { EventLog } from "./event-log.ts";

const EVENTS_PER_LOOK = 100;

/** Posts one document; resolves with the response's status. Follows no redirect. */
export type Post = (url: string, body: string, signal: AbortSignal) => Promise<number>;

export interface WebhookOptions {
  readonly config: LiveConfig<ConfigServerSettings>;
  readonly events: EventLog;
  readonly facts: FactRows;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly post: Post;
}

export class Webhook {
  readonly #options: WebhookOptions;
  #fault: Fault | undefined;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  /** Why the last event was not delivered; undefined when it was. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { config, events, facts } = this.#options;
    const aborted = abortOf(signal);
    if (facts.get("webhookEventId") === undefined) facts.set("webhookEventId", String(events.lastId()));
    while (!signal.aborted) {
      const woken = Promise.race([events.added(), config.changed(), aborted]);
      const url = config.value.webhookUrl;
      if (url === "") {
        // Whoever sets a URL later wants what happens from then on.
        this.#fault = undefined;
        facts.set("webhookEventId", String(events.lastId()));
      } else await this.#deliver(url, signal);
      await woken;
    }
  }

  async #deliver(url: string, signal: AbortSignal): Promise<void> {
    const { events, facts, config } = this.#options;
    for (;;) {
      const afterId = Number(facts.get("webhookEventId") ?? 0);
      const [event, ...rest] = events.list({
        order: "oldest",
        afterId,
        severities: ["warning", "critical"],
        limit: EVENTS_PER_LOOK,
      });
      if (event === undefined || signal.aborted || config.value.webhookUrl !== url) return;
      await this.#attempt(url, event, signal);
      if (signal.aborted) return;
      facts.set("webhookEventId", String(event.id));
      if (rest.length === 0) return;
    }
  }

  async #attempt(url: string, event: Event, signal: AbortSignal): Promise<void> {
    const { clock, trace, post } = this.#options;
    for (let attempt = 1; attempt <= WEBHOOK_ATTEMPTS_MAX && !signal.aborted; attempt += 1) {
      const fault = await faultOf(() => post(url, JSON.stringify(event), signal));
      this.#fault = fault;
      if (fault === undefined) return;
      trace.warn("The webhook was not reached.", { fault, event: event.id, attempt });
      await clock.sleep(reconnectDelayMs(attempt), signal).catch(() => undefined);
    }
  }
}

async function faultOf(work: () => Promise<number>): Promise<Fault | undefined> {
  let why: string;
  try {
    const status = await work();
    if (status >= 200 && status < 300) return undefined;
    why = `It answered with status ${status}.`;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  return new Fault({
    code: "webhook-failed",
    kind: "transient",
    message: `Events cannot be brought to the webhook. ${why}`,
    remedy: "Check webhookUrl in config.yaml, and the receiver.",
  });
}

function abortOf(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
