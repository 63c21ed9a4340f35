// Gives conditions a life: an alert is opened when one has held for as long as its rule wants, as bad as it has been for that long, and resolved when it has
// not held for a while.
//
// Invariant: of each condition one alert stands at a time, in the store, in one transaction with its event; so a restart neither forgets one nor opens it
// again. One is resolved only when all whose word it rests on were heard. A silence is of the condition, and outlives the alert that it was asked for. How
// long something has held is kept in memory: a restart begins to count anew.
// Worst outcome if broken: something needs a person, and nobody is told.
import type { AlertSeverity } from "@leeward/api";
import { randomId } from "@leeward/base";
import type { World } from "@leeward/world";
import { type EventLog, SELF } from "../events/event-log.ts";
import { type Condition, keyOf } from "../health/condition.ts";
import { ALERT_WORDS_SECONDS, ALERTS_KEPT } from "../limits.ts";
import type { AlertRow, StoredAlert } from "../store/alert-rows.ts";
import type { Store } from "../store/store.ts";
import { HoldTimers } from "./hold-timers.ts";
import { type Rule, type RuleName, ruleNameOf, ruleOf, severityOf } from "./rules.ts";

export interface AlertEngineOptions {
  readonly world: Pick<World, "clock" | "random">;
  readonly store: Store;
  readonly events: EventLog;
  readonly isOnline: (memberId: string) => boolean;
}

/** A condition that is to be an alert, by its rule. */
interface Rated {
  readonly condition: Condition;
  readonly rule: Rule;
  readonly severity: AlertSeverity;
}

export class AlertEngine {
  readonly #options: AlertEngineOptions;
  readonly #timers: HoldTimers;

  constructor(options: AlertEngineOptions) {
    this.#options = options;
    this.#timers = new HoldTimers(options.world.clock);
  }

  /** Takes what holds now. */
  take(conditions: readonly Condition[]): void {
    const { store } = this.#options;
    this.#timers.look(() =>
      store.transaction(() => {
        this.#endSilences();
        const rated = this.#rated(conditions);
        const standing = new Map(store.alerts.standing().map((alert) => [alert.key, alert]));
        for (const alert of standing.values()) {
          const found = rated.get(alert.key);
          if (found === undefined) this.#rest(alert);
          else this.#follow(alert, found);
        }
        for (const [key, found] of rated) {
          const severity = standing.has(key) ? undefined : this.#heldSeverity(key, found);
          if (severity !== undefined) this.#open(key, { ...found, severity });
        }
      }),
    );
  }

  #rated(conditions: readonly Condition[]): Map<string, Rated> {
    const settings = this.#options.store.alertRules.all();
    const rated = new Map<string, Rated>();
    for (const condition of conditions) {
      const rating = ratingOf(condition, settings);
      const key = keyOf(condition);
      if (rating !== undefined && rated.get(key)?.severity !== "critical") rated.set(key, { condition, ...rating });
    }
    return rated;
  }

  /** The worst that the condition has been for as long as its rule wants; what is critical is at least a warning. Undefined while it is too young. */
  #heldSeverity(key: string, { rule, severity }: Rated): AlertSeverity | undefined {
    const isWarning = this.#timers.hasHeld(key, rule.holdSeconds);
    const isCritical = severity === "critical" && this.#timers.hasHeld(`${key} critical`, rule.holdSeconds);
    if (isCritical) return severity;
    return isWarning ? "warning" : undefined;
  }

  #open(key: string, { condition, rule, severity }: Rated): void {
    const { store, world } = this.#options;
    const now = world.clock.wallMicros();
    store.alerts.prune(ALERTS_KEPT);
    const { code, subjectKind, subjectId, machineId, message } = condition;
    const of = { subjectKind, subjectId, machineId, ...saidOf(condition) };
    const alert: StoredAlert = {
      ...{ id: randomId(world.random), key, rule: rule.name, code, severity, ...of, noticeNumber: 1 },
      ...{ acknowledgedBy: null, acknowledgedMicros: null, note: null },
      ...{ openedMicros: now, changedMicros: now, resolvedMicros: null },
    };
    store.alerts.put(alert);
    this.#event("alert-opened", alert, message);
  }

  /** What still holds, perhaps as a worse thing or a lesser one. */
  #follow(alert: AlertRow, { condition, rule, severity }: Rated): void {
    const isWorse = severity === "critical";
    const turn = isWorse ? `${alert.key} critical` : `${alert.key} lesser`;
    if (alert.severity === severity || !this.#timers.hasHeld(turn, isWorse ? rule.holdSeconds : rule.restSeconds)) {
      this.#renew(alert, condition);
      return;
    }
    const changed = { ...alert, ...saidOf(condition), severity, changedMicros: this.#now() };
    // Who took on a warning has not taken on what it has become.
    const told = { noticeNumber: alert.noticeNumber + 1, acknowledgedBy: null, acknowledgedMicros: null };
    const next = isWorse ? { ...changed, ...told } : changed;
    this.#options.store.alerts.put(next);
    this.#event(isWorse ? "alert-raised" : "alert-lowered", next, next.message);
  }

  /** Has the alert say what its condition says now, which is no news to tell. Words, of which many name an age, are stored once they were others for a while. */
  #renew(alert: AlertRow, condition: Condition): void {
    const said = saidOf(condition);
    const isSame = alert.subject === said.subject && alert.message === said.message && alert.remedy === said.remedy;
    const isOld = !isSame && this.#timers.hasHeld(`${alert.key} said ${alert.message}`, ALERT_WORDS_SECONDS);
    const restsOnOthers = alert.restsOn.join(" ") !== said.restsOn.join(" ");
    if (isOld || restsOnOthers) this.#options.store.alerts.put({ ...alert, ...said });
  }

  /** What does not hold now. */
  #rest(alert: AlertRow): void {
    const { store } = this.#options;
    const rule = this.#ruleOf(alert);
    if (rule !== undefined && !this.#isGone(alert)) {
      if (!alert.restsOn.every((id) => this.#isHeard(id))) return;
      // What is nothing for a moment is a lesser thing as well.
      this.#timers.note(`${alert.key} lesser`);
      if (!this.#timers.hasHeld(`${alert.key} rests`, rule.restSeconds)) return;
    }
    const now = this.#now();
    const resolved = { ...alert, resolvedMicros: now, changedMicros: now };
    store.alerts.put(resolved);
    this.#event("alert-resolved", resolved, `It does not hold any more: ${alert.message}`);
  }

  /** Silences that are over end, and what still stands is told once more. */
  #endSilences(): void {
    const { alerts, alertSilences } = this.#options.store;
    const over = new Set(alertSilences.over(this.#now()));
    if (over.size === 0) return;
    const told = alerts
      .standing()
      .filter(({ key, acknowledgedMicros }) => over.has(key) && acknowledgedMicros === null);
    for (const alert of told) alerts.put({ ...alert, noticeNumber: alert.noticeNumber + 1 });
    for (const key of over) alertSilences.remove(key);
  }

  /** Undefined for a rule that is switched off, or that this release does not have. */
  #ruleOf({ rule }: AlertRow): Rule | undefined {
    const name: RuleName | undefined = ruleNameOf(rule);
    if (name === undefined) return undefined;
    const found = ruleOf(name, this.#options.store.alertRules.all().get(name));
    return found.enabled ? found : undefined;
  }

  /** Whether there is nobody any more of whom it could hold. */
  #isGone({ subjectKind, subjectId, machineId }: AlertRow): boolean {
    const { members, disks } = this.#options.store;
    const hasLeft = (id: string): boolean => (members.byId(id)?.removedMicros ?? null) !== null;
    if (machineId !== null && hasLeft(machineId)) return true;
    if (subjectKind === "server" && subjectId !== null) return hasLeft(subjectId);
    return subjectKind === "disk" && subjectId !== null && disks.byId(subjectId)?.state !== "protected";
  }

  #isHeard(memberId: string): boolean {
    const { store, isOnline } = this.#options;
    return isOnline(memberId) || (store.members.byId(memberId)?.removedMicros ?? null) !== null;
  }

  #event(kind: string, { id, rule, code, severity, subject }: StoredAlert, message: string): void {
    const detail = { alert: id, rule, code, severity };
    const said = kind === "alert-resolved" || kind === "alert-lowered" ? "info" : severity;
    this.#options.events.add(SELF, { severity: said, kind, subject, message, detail });
  }

  #now(): number {
    return this.#options.world.clock.wallMicros();
  }
}

/** What an alert says of its condition, and on whose word. */
function saidOf({
  subject,
  message,
  remedy,
  restsOn,
}: Condition): Pick<AlertRow, "subject" | "message" | "remedy" | "restsOn"> {
  return { subject, message, remedy, restsOn };
}

/** How bad the condition is now: what is measured by its rule, what is not by itself. Undefined for what is to be no alert. */
export function ratingOf(
  condition: Condition,
  settings: ReturnType<Store["alertRules"]["all"]>,
): Pick<Rated, "rule" | "severity"> | undefined {
  const name = condition.rule ?? ruleNameOf(condition.code);
  if (name === undefined) return undefined;
  const rule = ruleOf(name, settings.get(name));
  const severity = rule.enabled ? severityBy(rule, condition) : undefined;
  return severity === undefined ? undefined : { rule, severity };
}

function severityBy(rule: Rule, { measured, severity }: Condition): AlertSeverity | undefined {
  if (measured !== undefined && rule.unit !== null) return severityOf(rule, measured);
  return severity === "info" ? undefined : severity;
}
