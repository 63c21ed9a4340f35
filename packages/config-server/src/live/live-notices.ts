// Tells whoever looks on what has changed, so that nobody has to ask again and again. A notice names a topic and no more: what there is now is
// asked for by the API, behind the role that the asker has. Whatever is written to the state comes by here, so that no change goes untold.
import type { LiveTopic } from "@leeward/api";
import { orAborted, Waiters } from "@leeward/base";
import type { LiveSessions } from "@leeward/wire";
import type { Clock } from "@leeward/world";
import { LIVE_NOTICE_MS } from "../limits.ts";
import type { Reports } from "../sessions/reports.ts";
import type { Store } from "../store/store.ts";

/** Whose answers change with a table's rows. What is in no list of theirs (plans that were sent, reports, facts of trust) is not named. */
const TOPICS_OF_TABLE: Readonly<Record<string, readonly LiveTopic[]>> = {
  members: ["machines", "servers"],
  disks: ["disks", "machines"],
  further_targets: ["disks"],
  seeds: ["disks"],
  verify_passes: ["disks"],
  policies: ["policies"],
  jobs: ["jobs"],
  pushes: ["jobs"],
  events: ["events"],
  standing_alerts: ["alerts"],
  alerts: ["alerts"],
  alert_silences: ["alerts"],
  alert_rules: ["alerts"],
  alert_channels: ["alerts"],
  consistency_groups: ["groups"],
  group_revisions: ["groups"],
  group_members: ["groups"],
  failovers: ["failovers", "machines"],
  drills: ["drills"],
  drill_schedules: ["drills"],
  recovery_plans: ["plans"],
  plan_runs: ["plans"],
  plan_run_steps: ["plans"],
  facts: ["installation"],
  users: ["users"],
  sign_ins: ["users"],
  approvals: ["approvals"],
};

/** What a member's report may change, and its coming and going. */
const OF_MEMBERS: readonly LiveTopic[] = ["machines", "disks", "servers", "points"];

export interface LiveNoticesOptions {
  readonly store: Pick<Store, "onWrite">;
  readonly live: Pick<LiveSessions, "changed">;
  readonly reports: Pick<Reports, "changed">;
  readonly clock: Clock;
}

export class LiveNotices {
  readonly #options: LiveNoticesOptions;
  readonly #followers = new Set<Follower>();

  constructor(options: LiveNoticesOptions) {
    this.#options = options;
    options.store.onWrite((table) => this.#tell(TOPICS_OF_TABLE[table] ?? []));
  }

  /** Also tells of what is in no table: the sessions of members, and what they report. Ends when `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { live, reports } = this.#options;
    while (!signal.aborted) {
      await orAborted(Promise.race([live.changed(), reports.changed()]), signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      this.#tell(OF_MEMBERS);
    }
  }

  /** What changes from now on, gathered: at most one notice per second. Ends by throwing the signal's reason. */
  async *follow(signal: AbortSignal): AsyncGenerator<readonly LiveTopic[]> {
    const follower = new Follower();
    this.#followers.add(follower);
    try {
      for (;;) {
        yield await follower.take(signal);
        await this.#options.clock.sleep(LIVE_NOTICE_MS, signal);
      }
    } finally {
      this.#followers.delete(follower);
    }
  }

  #tell(topics: readonly LiveTopic[]): void {
    if (topics.length > 0) for (const follower of this.#followers) follower.add(topics);
  }
}

/** What one who looks on has not been told yet. */
class Follower {
  readonly #topics = new Set<LiveTopic>();
  readonly #added = new Waiters();

  add(topics: readonly LiveTopic[]): void {
    for (const topic of topics) this.#topics.add(topic);
    this.#added.notify();
  }

  async take(signal: AbortSignal): Promise<readonly LiveTopic[]> {
    await this.#added.until(() => this.#topics.size > 0, signal);
    const topics = [...this.#topics];
    this.#topics.clear();
    return topics;
  }
}
