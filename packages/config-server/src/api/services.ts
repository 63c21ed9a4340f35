import type { LiveConfig } from "@leeward/daemon";
import type { LiveSessions } from "@leeward/wire";
import type { World } from "@leeward/world";
import type { Bearers } from "../access/bearers.ts";
import type { Person } from "../access/caller.ts";
import type { Gate } from "../access/gate.ts";
import type { Lockout } from "../access/lockout.ts";
import type { Oidc } from "../access/oidc.ts";
import type { Within } from "../access/scope.ts";
import type { SecondPerson } from "../access/second-person.ts";
import type { SignIns } from "../access/sign-ins.ts";
import type { Users } from "../access/users.ts";
import type { AlertParts } from "../alerts/alert-parts.ts";
import type { ConfigServerSettings } from "../config.ts";
import type { DrillSchedules } from "../drills/drill-schedules.ts";
import type { Drills } from "../drills/drills.ts";
import type { Actor, EventLog } from "../events/event-log.ts";
import type { Failovers } from "../failover/failovers.ts";
import type { JobRunner } from "../jobs/job-runner.ts";
import type { LiveNotices } from "../live/live-notices.ts";
import type { Installations } from "../plans/installation.ts";
import type { GroupPoints } from "../points/group-points.ts";
import type { Points } from "../points/points.ts";
import type { Protection } from "../protection/protection.ts";
import type { Removal } from "../protection/removal.ts";
import type { TargetAdditions } from "../protection/target-additions.ts";
import type { Pushes } from "../pushes/pushes.ts";
import type { PlanParts } from "../recovery-plans/plan-parts.ts";
import type { Releases } from "../releases/releases.ts";
import type { Copies } from "../sessions/copies.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { Store } from "../store/store.ts";
import type { Enrolment } from "../trust/enrolment.ts";
import type { Rotation } from "../trust/rotation.ts";
import type { Trust } from "../trust/trust.ts";
import type { Upgrades } from "../upgrades/upgrades.ts";
import type { RequireSeen } from "./edited.ts";

/** All that the routes rest on. */
export interface Services extends AlertParts {
  readonly world: World;
  readonly home: string;
  readonly serverId: string;
  readonly softwareVersion: string;
  readonly startedMicros: number;
  readonly config: LiveConfig<ConfigServerSettings>;
  readonly store: Store;
  readonly installations: Installations;
  readonly trust: Trust;
  readonly gate: Gate;
  readonly bearers: Bearers;
  readonly users: Users;
  readonly lockout: Lockout;
  readonly signIns: SignIns;
  readonly oidc: Oidc;
  readonly secondPerson: SecondPerson;
  readonly rotation: Rotation;
  readonly enrolment: Enrolment;
  readonly events: EventLog;
  readonly live: LiveSessions;
  readonly liveNotices: LiveNotices;
  readonly copies: Copies;
  readonly reports: Reports;
  readonly requests: MemberRequests;
  readonly jobs: JobRunner;
  readonly protection: Protection;
  readonly targetAdditions: TargetAdditions;
  readonly removal: Removal;
  readonly points: Points;
  readonly failovers: Failovers;
  readonly drills: Drills;
  readonly pushes: Pushes;
  readonly releases: Releases;
  readonly upgrades: Upgrades;
  readonly drillSchedules: DrillSchedules;
  readonly groupPoints: GroupPoints;
  readonly plans: PlanParts;
  readonly plansChanged: () => void;
}

/** The caller's end of cookies. */
export interface Browser {
  readonly userAgent: string | null;
  /** The secret of the cookie that came along, whatever it is worth. */
  readonly secret: string | undefined;
  /** Gives another cookie, or takes it away. */
  keep(secret: string | null): void;
}

/** One call of a route. */
export interface CallContext {
  readonly actor: Actor;
  readonly address: string;
  /** Who calls with a role; undefined for a member, and for anybody. */
  readonly person: Person | undefined;
  /** What a browser sent of itself and of us. */
  readonly browser: Browser;
  /** Whether an administrator calls. */
  readonly isAdministrator: boolean;
  /** What the list that is asked for shows to the caller. */
  readonly within: Within;
  /** The id of the member that calls by its certificate; undefined for everybody else. */
  readonly memberId: string | undefined;
  readonly requireSeen: RequireSeen;
  /** Aborts when the caller has gone, or the server stops. */
  readonly signal: AbortSignal;
}
