// The config server as far as failovers need it: state, sessions, plans, jobs, and what carries failovers on, as `config-server.ts` puts them together. Without
// HTTPS, certificates and what else runs beside them, so that it lives in a simulation: all that it waits for is its world and its database.
import type { Job } from "@leeward/api";
import { AssertionFailure } from "@leeward/base";
import { silentTrace, together } from "@leeward/daemon";
import { LiveSessions } from "@leeward/wire";
import type { Channel, World } from "@leeward/world";
import { EventLog } from "../events/event-log.ts";
import { type CarrierOptions, carryFailovers } from "../failover/carrier.ts";
import { failoverWorks } from "../failover/failover-works.ts";
import { Failovers } from "../failover/failovers.ts";
import type { StepMeans } from "../failover/step.ts";
import { JobRunner, type JobWork } from "../jobs/job-runner.ts";
import { Installations } from "../plans/installation.ts";
import { Points } from "../points/points.ts";
import { Copies } from "../sessions/copies.ts";
import { MemberRequests } from "../sessions/member-requests.ts";
import { Reports } from "../sessions/reports.ts";
import { SessionHost } from "../sessions/session-host.ts";
import type { Database } from "../store/database.ts";
import { type Store, storeOf } from "../store/store.ts";
import { DiskVerifier } from "../verify/disk-verifier.ts";

const EVENTS_KEPT = 1_000;

export interface FailoverServerOptions {
  readonly world: World;
  readonly database: Database;
  readonly softwareVersion: string;
}

export class FailoverServer {
  readonly store: Store;
  readonly failovers: Failovers;
  readonly jobs: JobRunner;
  readonly live: LiveSessions;
  readonly #carrier: CarrierOptions;
  readonly #host: SessionHost;

  constructor({ world, database, softwareVersion }: FailoverServerOptions) {
    const { clock, random } = world;
    const live = new LiveSessions(clock);
    this.live = live;
    const trace = silentTrace;
    const store = storeOf(database);
    const events = new EventLog({ rows: store.events, clock, trace, kept: () => EVENTS_KEPT });
    const reports = new Reports(store.reports);
    const requests = new MemberRequests(live, clock);
    const trust = { crlPem: "", membersTrust: undefined, issue: notHere, revokeOne: notHere };
    const held = { world, trace, store, trust, events, live, copies: new Copies(clock), reports, requests };
    const host = new SessionHost({
      ...held,
      installations: new Installations(store),
      softwareVersion,
      onEvent: () => undefined,
    });
    const isOnline = (id: string): boolean => live.has(id);
    const points = new Points({ store, requests, isOnline });
    const verifier = new DiskVerifier({ store, events, requests, clock });
    const plansChanged = (): void => host.plansChanged();
    const means = { store, clock, random, events, requests, reports, points, verifier, plansChanged, isOnline };
    this.store = store;
    this.#host = host;
    this.jobs = new JobRunner({ store, clock, events, trace, works: worksOf(means) });
    this.failovers = new Failovers({ ...means, jobs: this.jobs });
    this.#carrier = { ...means, trace, jobs: this.jobs };
  }

  /** Serves the members' sessions and carries failovers on until `signal` aborts. */
  async run(channels: AsyncIterable<Channel>, signal: AbortSignal): Promise<void> {
    await together(signal, [
      (inner) => this.#host.run(channels, inner),
      (inner) => this.jobs.run(inner),
      (inner) => carryFailovers(this.#carrier, inner),
    ]);
  }
}

function worksOf(means: StepMeans): Readonly<Record<Job["kind"], JobWork>> {
  return {
    protect: NOT_HERE,
    save: NOT_HERE,
    verify: NOT_HERE,
    resync: NOT_HERE,
    "seed-load": NOT_HERE,
    ...failoverWorks(means),
    drill: NOT_HERE,
    "recovery-plan": NOT_HERE,
    "recovery-plan-cleanup": NOT_HERE,
    push: NOT_HERE,
    "agent-upgrade": NOT_HERE,
  };
}

const NOT_HERE: JobWork = {
  resumable: false,
  run: notHere,
  undo: () => undefined,
  progressOf: () => null,
};

function notHere(): Promise<never> {
  throw new AssertionFailure("nobody asks for it here");
}
