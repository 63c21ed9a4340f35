// Tells once of each thing that is going to cost a disk's history, and once that it has passed.
//
// Invariant: an alert that was told stands in the store, in one transaction with its event; so it is neither told twice nor forgotten over a
// restart. It ends only when its master target was heard and did not say it for a while. Worst outcome if broken: history is cut, and nobody was told.
import { MICROS_PER_MS } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { type EventLog, SELF } from "../events/event-log.ts";
import { HISTORY_ALERT_LOOK_MS, HISTORY_ALERT_REST_MS } from "../limits.ts";
import type { Reports } from "../sessions/reports.ts";
import type { AlertRow } from "../store/alert-rows.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { Store } from "../store/store.ts";
import { HISTORY_CONCERN_CODES, type HistoryConcern, historyConcerns } from "./history-concerns.ts";

export interface HistoryAlertsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly reports: Reports;
  readonly isOnline: (memberId: string) => boolean;
}

export class HistoryAlerts {
  readonly #options: HistoryAlertsOptions;
  /** When each alert was said last, of the monotonic clock; one that stood before this start, when this began. */
  readonly #saidMicros = new Map<string, number>();

  constructor(options: HistoryAlertsOptions) {
    this.#options = options;
  }

  /** Looks now and then until `signal` aborts: reports come many times a second, and what they say of this changes seldom. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        this.look();
        await this.#options.clock.sleep(HISTORY_ALERT_LOOK_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  look(): void {
    const { store } = this.#options;
    const standing = store.alerts.list();
    for (const disk of store.disks.list()) {
      if (disk.state === "protected")
        this.#lookAt(
          disk,
          standing.filter(({ diskId }) => diskId === disk.id),
        );
    }
    for (const alert of standing) if (store.disks.byId(alert.diskId)?.state !== "protected") store.alerts.remove(alert);
  }

  #lookAt(disk: DiskRow, standing: readonly AlertRow[]): void {
    const { clock, store, reports, isOnline } = this.#options;
    const said = reports.ofDisk(disk).masterTarget;
    // What a target that is away said last is no news: neither that something is there, nor that it has passed.
    if (said === undefined || !isOnline(disk.masterTargetId)) return this.#rest(standing);
    const subject = `${store.members.byId(disk.machineId)?.name ?? disk.machineId}/${disk.name}`;
    const concerns = historyConcerns(said, { subject, policy: disk.policy, nowMicros: clock.wallMicros() });
    for (const code of HISTORY_CONCERN_CODES) {
      const concern = concerns.find((each) => each.code === code);
      const alert = standing.find((each) => each.code === code);
      if (concern !== undefined) this.#said({ disk, subject, concern }, alert);
      else if (alert !== undefined && this.#hasRested(alert)) this.#end(alert, subject);
    }
  }

  #said(of: { disk: DiskRow; subject: string; concern: HistoryConcern }, alert: AlertRow | undefined): void {
    const { clock, store, events } = this.#options;
    const { code, message } = of.concern;
    this.#saidMicros.set(keyOf({ diskId: of.disk.id, code }), clock.monotonicMicros());
    if (alert !== undefined) return;
    store.transaction(() => {
      store.alerts.add({ diskId: of.disk.id, code, sinceMicros: clock.wallMicros() });
      const detail = { disk: of.disk.id };
      events.add(SELF, { severity: "warning", kind: code, subject: of.subject, message, detail });
    });
  }

  #rest(standing: readonly AlertRow[]): void {
    for (const alert of standing) this.#saidMicros.set(keyOf(alert), this.#options.clock.monotonicMicros());
  }

  #hasRested(alert: AlertRow): boolean {
    const now = this.#options.clock.monotonicMicros();
    const said = this.#saidMicros.get(keyOf(alert));
    if (said === undefined) this.#saidMicros.set(keyOf(alert), now);
    return now - (said ?? now) >= HISTORY_ALERT_REST_MS * MICROS_PER_MS;
  }

  #end(alert: AlertRow, subject: string): void {
    const { store, events } = this.#options;
    this.#saidMicros.delete(keyOf(alert));
    store.transaction(() => {
      store.alerts.remove(alert);
      const message =
        alert.code === "history-held"
          ? `The journal of ${subject} can be kept within its limit again.`
          : `No cut of the history of ${subject} by its journal's limit is in sight any more.`;
      const detail = { disk: alert.diskId };
      events.add(SELF, { severity: "info", kind: `${alert.code}-ended`, subject, message, detail });
    });
  }
}

function keyOf({ diskId, code }: Pick<AlertRow, "diskId" | "code">): string {
  return `${diskId} ${code}`;
}
