export { classOf, EXIT_CODES, exitCodeOf, type FaultClass } from "@leeward/base";
export { ApiClient, type ApiClientOptions, type CallName, type CallOptions } from "./api-client.ts";
export { errorBodyOf, faultOf, faultOfBody, responseInvalid } from "./error-body.ts";
export { httpStatusOf } from "./http-status.ts";
export { type NodeTransportOptions, nodeTransport } from "./node-transport.ts";
export { type AnswerOf, API_ROLES, type ApiRole, allows, type CallOf, type Route, type RouteRole } from "./route.ts";
export {
  EVENTS_PER_ANSWER_MAX,
  POINT_TIMEOUT_SECONDS_MAX,
  ROUTES,
  type RouteName,
  type Routes,
  WAIT_SECONDS_MAX,
} from "./routes.ts";
export { ErrorBody, ErrorItem, StandingFault } from "./shapes/fault.ts";
export { Job, JobState } from "./shapes/job.ts";
export { Candidate, Disk, DiskState, Machine, Progress } from "./shapes/machine.ts";
export { Consistency, Opened, Point, Saved } from "./shapes/point.ts";
export { POLICY_DEFAULT, Policy, PolicyChange, PolicySettings } from "./shapes/policy.ts";
export { listOf, nullable } from "./shapes/schema-words.ts";
export { Event, Health, Ready, Server, Severity, StatusItem } from "./shapes/server.ts";
export { Enrolled, RecoveryKey, RecoveryKeyErased, Token, TokenCreated, TokenRole } from "./shapes/token.ts";
