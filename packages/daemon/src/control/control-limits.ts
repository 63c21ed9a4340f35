/** Status is sent at least this often, milliseconds: what the RPO is counted from is never older than this when it is shown. */
export const STATUS_EVERY_MS = 2_000;
/** Changes that come closer together than this travel in one status, milliseconds. */
export const STATUS_GATHER_MS = 100;
/** How often the certificate's age is looked at, milliseconds. */
export const RENEWAL_CHECK_MS = 3_600_000;
/** Most events that wait for a session; the oldest go first, and the loss is reported. */
export const EVENTS_WAITING_MAX = 256;
/** A plan that could not be applied is tried again after this long, milliseconds. */
export const APPLY_RETRY_MS = 10_000;
/** A longer plan file is not believed, bytes. */
export const PLAN_BYTES_MAX = 32 * 1024 * 1024;
