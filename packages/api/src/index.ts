export { classOf, EXIT_CODES, exitCodeOf, type FaultClass } from "@leeward/base";
export { allPages } from "./all-pages.ts";
export {
  PAGE_ITEMS_MAX,
  POINT_TIMEOUT_SECONDS_MAX,
  RELEASE_PART_BYTES_MAX,
  WAIT_SECONDS_MAX,
} from "./api-limits.ts";
export { BACKGROUND_HEADER, type BrowserTransportOptions, browserTransport, CSRF_HEADER } from "./browser-transport.ts";
export { faultOfBody } from "./error-answer.ts";
export { errorBodyOf, faultOf, problemOf, responseInvalid } from "./error-body.ts";
export { ApiClient } from "./generated/api-client.ts";
export { httpStatusOf } from "./http-status.ts";
export { POLICY_DEFAULT } from "./policy-default.ts";
export { type AnswerOf, API_ROLES, type ApiRole, allows, type CallOf, type Route, type RouteRole } from "./route.ts";
export type { ApiClientOptions, CallName, CallOptions, Tagged } from "./route-caller.ts";
export type { RouteScope, ScopedThing } from "./route-scope.ts";
export { ROUTES, type RouteName, type Routes } from "./routes.ts";
export {
  Approval,
  ApprovalState,
  PasswordChange,
  Role,
  Scope,
  ScopeOrder,
  SignIn,
  SignInOrder,
  SignInSummary,
  User,
  UserChange,
  UserOrder,
  WaysToSignIn,
} from "./shapes/access.ts";
export {
  Alert,
  AlertChannel,
  AlertChannelChange,
  AlertChannelKind,
  AlertRule,
  AlertRuleChange,
  AlertSeverity,
  AlertState,
  type SmtpSettings,
  type SyslogSettings,
  type WebhookSettings,
} from "./shapes/alert.ts";
export { Bandwidth, Installation, InstallationChange, SenderChange } from "./shapes/bandwidth.ts";
export {
  DRILL_CHECK_PATTERN,
  Drill,
  DrillOrder,
  DrillReport,
  DrillSchedule,
  DrillScheduleChange,
  DrillSettings,
  DrillState,
  SignedDrillReport,
} from "./shapes/drill.ts";
export {
  CardSettings,
  FailbackOrder,
  Failover,
  FailoverState,
  PlannedFailoverOrder,
  PointChange,
  RecoveryChange,
  RecoverySettings,
  ReplicaConsole,
  ReprotectOrder,
  ReverseProgress,
  TestFailoverOrder,
  UnplannedFailoverOrder,
} from "./shapes/failover.ts";
export { ErrorBody, ErrorItem, Problem, StandingFault } from "./shapes/fault.ts";
export { Group, GroupChange, GroupPoint } from "./shapes/group.ts";
export {
  DiskSamples,
  DiskStages,
  HistoryState,
  InstallationSamples,
  Link,
  MachineSamples,
  PointWay,
  ProtectionPlan,
  StageName,
  Timeline,
  WayItem,
} from "./shapes/history.ts";
export { Job, JobProgress, JobResult, JobState } from "./shapes/job.ts";
export { LIVE_PATH, LiveMessage, LiveTopic } from "./shapes/live.ts";
export { Candidate, Disk, DiskState, Machine, MachineChange, Progress } from "./shapes/machine.ts";
export { type PageQuery, pageOf, pageQuery } from "./shapes/page.ts";
export { Consistency, ImageFormat, Opened, Point, Saved, Verified } from "./shapes/point.ts";
export { Policy, PolicyChange, PolicySettings } from "./shapes/policy.ts";
export {
  Push,
  PushFindings,
  PushHost,
  PushKind,
  PushLogin,
  PushOrder,
  PushState,
} from "./shapes/push.ts";
export {
  PLAN_BYTES_MAX,
  PLAN_GROUPS_MAX,
  PLAN_STEPS_MAX,
  PlanAnswer,
  PlanChange,
  PlanDocument,
  PlanDryRun,
  PlanKind,
  PlanOrder,
  PlanRun,
  PlanRunOrder,
  PlanRunState,
  PlanRunStep,
  PlanRunSummary,
  PlanStep,
  type PlanStepKind,
  PlanStepState,
  PlanStored,
  PlanSummary,
  PlanText,
  RecoveryPlan,
  WrittenGroup,
  WrittenStep,
} from "./shapes/recovery-plan.ts";
export {
  ReleaseFile,
  ReleasePart,
  Upgrade,
  UpgradedMachine,
  UpgradeOrder,
  UpgradeState,
} from "./shapes/release.ts";
export { listOf, nullable } from "./shapes/schema-words.ts";
export { SeedOrder } from "./shapes/seed.ts";
export { Event, Health, Ready, Server, Severity, StatusItem } from "./shapes/server.ts";
export {
  Authorities,
  Enrolled,
  RecoveryKey,
  RecoveryKeyErased,
  Rotation,
  Token,
  TokenCreated,
  TokenRole,
} from "./shapes/token.ts";
export { isSignedDrillReport } from "./signed-report.ts";
export { SUCCESSOR_HEADER, type Transport } from "./transport.ts";
