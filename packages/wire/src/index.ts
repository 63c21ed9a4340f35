export type { Conversation } from "./conversation.ts";
export { faultOfReport, reportOfFault } from "./fault-report.ts";
export { type Agreement, NO_SENDER, type Sender, versionIncompatible } from "./handshake.ts";
export { LiveSessions } from "./live-sessions.ts";
export {
  type RefusedConnection,
  SESSION_PATH,
  SessionUpgrades,
  type SessionUpgradesOptions,
} from "./node-session-upgrades.ts";
export { followKeyStore, refusedHandshake } from "./node-tls-listener.ts";
export { type TlsNetworkOptions, tlsNetwork } from "./node-tls-network.ts";
export { type ReconnectingOptions, reconnecting } from "./reconnecting.ts";
export type { RequestHandler } from "./request-desk.ts";
export { type Answers, isKnownIn, type RequestKind } from "./request-kinds.ts";
export { RequestTable } from "./request-table.ts";
export { Session, type SessionBody, type SessionMessage, type SessionOptions } from "./session.ts";
export {
  MESSAGE_COST_BYTES,
  PING_EVERY_MS,
  REQUESTS_MAX,
  SILENCE_MS_MAX,
  WINDOW_BYTES,
  WINDOW_BYTES_MIN,
} from "./session-limits.ts";
export { helloOf } from "./session-opening.ts";
export { workOn } from "./session-work.ts";
export { CONNECTION_LIMITS, type ConnectionLimits } from "./transport-limits.ts";
