export { type Appended, ChangeLog, type ChangeLogOptions, type LogRecovery } from "./change-log.ts";
export { type CursorLimits, LogCursor, type LogFrames } from "./log-cursor.ts";
export type { LogIdentity } from "./log-identity.ts";
export type { DroppedTail } from "./log-recovery.ts";
export type { RandomAccess } from "./random-access.ts";
