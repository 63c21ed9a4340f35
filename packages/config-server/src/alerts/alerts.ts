// Alerts as a whole: looks again and again at what holds, tells of it, and does to alerts what people ask.
import { MICROS_PER_MS, MICROS_PER_SECOND } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { alertEnded, alertUnknown, silenceInvalid } from "../faults.ts";
import type { Condition } from "../health/condition.ts";
import { ALERT_LOOK_MS, ALERT_LOOK_RESTS } from "../limits.ts";
import type { AlertRow } from "../store/alert-rows.ts";
import type { Store } from "../store/store.ts";
import type { AlertEngine } from "./alert-engine.ts";
import type { Deliveries } from "./deliveries.ts";

const SILENCE_SECONDS_MAX = 366 * 86_400;

export interface AlertsOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly events: EventLog;
  readonly engine: AlertEngine;
  readonly deliveries: Deliveries;
  /** What holds at this moment. */
  readonly conditions: () => Promise<readonly Condition[]>;
}

export class Alerts {
  readonly #options: AlertsOptions;

  constructor(options: AlertsOptions) {
    this.#options = options;
  }

  get deliveries(): Deliveries {
    return this.#options.deliveries;
  }

  /** Looks and tells until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, engine, conditions } = this.#options;
    while (!signal.aborted) {
      const begunMicros = clock.monotonicMicros();
      engine.take(await conditions());
      const tookMs = (clock.monotonicMicros() - begunMicros) / MICROS_PER_MS;
      // Only the abort ends it.
      await clock.sleep(Math.max(ALERT_LOOK_MS, tookMs * ALERT_LOOK_RESTS), signal).catch(() => undefined);
    }
  }

  /** @throws Fault `alert-unknown` */
  find(id: string): AlertRow {
    const alert = this.#options.store.alerts.byId(id);
    if (alert === undefined) throw alertUnknown(id);
    return alert;
  }

  /** Somebody sees to it. @throws Fault `alert-unknown`, `alert-ended` */
  acknowledge(id: string, { actor, note }: { readonly actor: Actor; readonly note: string | undefined }): AlertRow {
    const now = this.#options.clock.wallMicros();
    return this.#change(id, { actor, kind: "alert-acknowledged", what: "was acknowledged" }, (alert) => {
      requireStanding(alert);
      const news = { acknowledgedBy: actor.name, acknowledgedMicros: now, changedMicros: now };
      return { ...alert, ...news, note: note ?? alert.note };
    });
  }

  /** Nobody is told of what it is of until then, whichever alert of that stands. @throws Fault `alert-unknown`, `alert-ended`, `silence-invalid` */
  silence(
    id: string,
    of: {
      readonly actor: Actor;
      readonly note: string | undefined;
      readonly untilMicros: number;
      readonly until: string;
    },
  ): AlertRow {
    const { actor, note, untilMicros, until } = of;
    const now = this.#options.clock.wallMicros();
    if (untilMicros <= now || untilMicros > now + SILENCE_SECONDS_MAX * MICROS_PER_SECOND) throw silenceInvalid(until);
    return this.#change(id, { actor, kind: "alert-silenced", what: `was silenced until ${until}` }, (alert) => {
      requireStanding(alert);
      this.#options.store.alertSilences.put(alert.key, untilMicros);
      return { ...alert, silencedUntilMicros: untilMicros, note: note ?? alert.note };
    });
  }

  /** What was not told of it meanwhile is told. Also of one that has ended, whose silence lasts. @throws Fault `alert-unknown`, `alert-ended` */
  unsilence(id: string, actor: Actor): AlertRow {
    return this.#change(id, { actor, kind: "alert-unsilenced", what: "is not silenced any more" }, (alert) => {
      if (alert.silencedUntilMicros === null) requireStanding(alert);
      this.#options.store.alertSilences.remove(alert.key);
      return { ...alert, silencedUntilMicros: null };
    });
  }

  #change(
    id: string,
    { actor, kind, what }: { readonly actor: Actor; readonly kind: string; readonly what: string },
    changed: (alert: AlertRow) => AlertRow,
  ): AlertRow {
    const { store, events } = this.#options;
    return store.transaction(() => {
      const alert = this.find(id);
      const next = changed(alert);
      store.alerts.put(next);
      const message = `The alert ${alert.code}${alert.subject === null ? "" : ` of ${alert.subject}`} ${what}.`;
      events.add(actor, {
        severity: "info",
        kind,
        subject: alert.subject,
        message,
        detail: { alert: id, note: next.note },
      });
      return next;
    });
  }
}

function requireStanding({ id, resolvedMicros }: AlertRow): void {
  if (resolvedMicros !== null) throw alertEnded(id);
}
