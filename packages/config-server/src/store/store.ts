import { POLICY_DEFAULT } from "@leeward/api";
import type { Clock } from "@leeward/world";
import { AlertChannelRows } from "./alert-channel-rows.ts";
import { AlertRows } from "./alert-rows.ts";
import { AlertRuleRows } from "./alert-rule-rows.ts";
import { AlertSilenceRows } from "./alert-silence-rows.ts";
import { AppearedRows } from "./appeared-rows.ts";
import { ApprovalRows } from "./approval-rows.ts";
import type { Database } from "./database.ts";
import { DiskRows } from "./disk-rows.ts";
import { DrillRows } from "./drill-rows.ts";
import { DrillScheduleRows } from "./drill-schedule-rows.ts";
import { EventRows } from "./event-rows.ts";
import { FactRows } from "./fact-rows.ts";
import { FailoverRows } from "./failover-rows.ts";
import { FurtherTargetRows } from "./further-target-rows.ts";
import { GroupRows } from "./group-rows.ts";
import { IdempotentCallRows } from "./idempotent-call-rows.ts";
import { JobRows } from "./job-rows.ts";
import { MemberRows } from "./member-rows.ts";
import { openSqlite } from "./node-sqlite-database.ts";
import { PlanRows } from "./plan-rows.ts";
import { PlanRunRows } from "./plan-run-rows.ts";
import { POLICY_DEFAULT_NAME, PolicyRows } from "./policy-rows.ts";
import { PushRows } from "./push-rows.ts";
import { RecoveryPlanRows } from "./recovery-plan-rows.ts";
import { ReleaseRows } from "./release-rows.ts";
import { ReportRows } from "./report-rows.ts";
import { SampleRows } from "./sample-rows.ts";
import { SeedRows } from "./seed-rows.ts";
import { SharedFileRows } from "./shared-file-rows.ts";
import { SignInRows } from "./sign-in-rows.ts";
import { TokenRows } from "./token-rows.ts";
import { UserRows } from "./user-rows.ts";
import { VerifyRows } from "./verify-rows.ts";
import { watched } from "./watched-database.ts";
import { WrongPasswordRows } from "./wrong-password-rows.ts";

/** How soon it shows that the database was lost, when nobody asks it anything. */
const CHECK_MS = 5_000;

/** All that the config server knows for good. */
export interface Store extends Disposable {
  readonly facts: FactRows;
  readonly tokens: TokenRows;
  readonly users: UserRows;
  readonly signIns: SignInRows;
  readonly wrongPasswords: WrongPasswordRows;
  readonly approvals: ApprovalRows;
  readonly members: MemberRows;
  readonly policies: PolicyRows;
  readonly disks: DiskRows;
  readonly furtherTargets: FurtherTargetRows;
  readonly seeds: SeedRows;
  readonly appeared: AppearedRows;
  readonly groups: GroupRows;
  readonly plans: PlanRows;
  readonly reports: ReportRows;
  readonly jobs: JobRows;
  readonly events: EventRows;
  readonly verify: VerifyRows;
  readonly alerts: AlertRows;
  readonly alertRules: AlertRuleRows;
  readonly alertSilences: AlertSilenceRows;
  readonly alertChannels: AlertChannelRows;
  readonly failovers: FailoverRows;
  readonly drills: DrillRows;
  readonly drillSchedules: DrillScheduleRows;
  readonly recoveryPlans: RecoveryPlanRows;
  readonly planRuns: PlanRunRows;
  readonly pushes: PushRows;
  readonly releases: ReleaseRows;
  readonly sharedFiles: SharedFileRows;
  readonly samples: SampleRows;
  readonly idempotentCalls: IdempotentCallRows;
  /** Whether other servers may have it after this one. */
  readonly isShared: boolean;
  /** All of the work or nothing of it. */
  transaction<T>(work: () => T): T;
  copyTo(path: string): void;
  /** Tells `listener` the table of each statement that has written something, at once. */
  onWrite(listener: (table: string) => void): void;
  /** Ends when `signal` aborts, or with the database. @throws Fault `database-lost` */
  watch(clock: Clock, signal: AbortSignal): Promise<void>;
}

/** Opens the state in the file at `path`, makes it when there is none. @throws Fault `state-newer`, `state-damaged` */
export function openStore(path: string): Store {
  return storeOf(openSqlite(path));
}

/** The state in an open database, which it closes with itself. */
export function storeOf(opened: Database): Store {
  const listeners: ((table: string) => void)[] = [];
  const database = watched(opened, (table) => {
    for (const listener of listeners) listener(table);
  });
  const policies = new PolicyRows(database);
  if (policies.byName(POLICY_DEFAULT_NAME) === undefined) {
    policies.put({ name: POLICY_DEFAULT_NAME, settings: POLICY_DEFAULT });
  }
  return {
    facts: new FactRows(database),
    tokens: new TokenRows(database),
    users: new UserRows(database),
    signIns: new SignInRows(database),
    wrongPasswords: new WrongPasswordRows(database),
    approvals: new ApprovalRows(database),
    members: new MemberRows(database),
    policies,
    disks: new DiskRows(database),
    furtherTargets: new FurtherTargetRows(database),
    seeds: new SeedRows(database),
    appeared: new AppearedRows(database),
    groups: new GroupRows(database),
    plans: new PlanRows(database),
    reports: new ReportRows(database),
    jobs: new JobRows(database),
    events: new EventRows(database),
    verify: new VerifyRows(database),
    alerts: new AlertRows(database),
    alertRules: new AlertRuleRows(database),
    alertSilences: new AlertSilenceRows(database),
    alertChannels: new AlertChannelRows(database),
    failovers: new FailoverRows(database),
    drills: new DrillRows(database),
    drillSchedules: new DrillScheduleRows(database),
    recoveryPlans: new RecoveryPlanRows(database),
    planRuns: new PlanRunRows(database),
    pushes: new PushRows(database),
    releases: new ReleaseRows(database),
    sharedFiles: new SharedFileRows(database),
    samples: new SampleRows(database),
    idempotentCalls: new IdempotentCallRows(database),
    isShared: database.isShared,
    transaction: (work) => database.transaction(work),
    copyTo: (path) => database.copyTo(path),
    onWrite: (listener) => listeners.push(listener),
    watch: (clock, signal) => watch(database, clock, signal),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

async function watch(database: Database, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    database.check();
    await clock.sleep(CHECK_MS, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
