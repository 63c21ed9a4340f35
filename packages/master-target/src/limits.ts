/** The master target's limits, all in one place. */

/** Points that are served at once. */
export const OPENED_MAX = 256;
/** What all journals together keep of what they read, bytes. */
export const JOURNAL_CACHE_BYTES = 48 * 1024 * 1024;
/** Points in one answer; the asker asks for the next page. */
export const POINTS_PER_ANSWER_MAX = 1_000;
/** How often retention looks, milliseconds. */
export const RETENTION_EVERY_MS = 30_000;
/** After so long without a new point there is no growth to forecast from, milliseconds. */
export const FORECAST_STILL_MS = 600_000;
/** Of those who keep points above a limit in bytes, so many are told. */
export const HOLDERS_TOLD_MAX = 8;
/** How often every journal is scrubbed, milliseconds. */
export const SCRUB_EVERY_MS = 24 * 3_600_000;
/** Until the first scrub of a journal that was never scrubbed, milliseconds: so that it is, also where a daemon seldom runs for a day. */
export const SCRUB_FIRST_MS = 3_600_000;
/** Until what failed at a journal, or a journal that did not open, is tried again, milliseconds; doubled each time. */
export const MAINTENANCE_RETRY_MS = 30_000;
export const MAINTENANCE_RETRY_MS_MAX = 600_000;
/** How often it is noted how far a journal has come, milliseconds. */
export const ANCHOR_EVERY_MS = 30_000;
/** How often it is looked whether the store holds what locked points need, milliseconds. */
export const HOLDS_EVERY_MS = 10_000;
/** And how often also when neither locks nor files have changed: what is held ahead is made longer. */
export const HOLDS_ANEW_MS = 3_600_000;
/** Requests for that at once. */
export const HOLDS_AT_ONCE = 4;
/** So long what a lock without end needs is held ahead, milliseconds, and when less than the other is left, so long again. */
export const ENDLESS_HOLD_MS = 90 * 24 * 3_600_000;
export const ENDLESS_HOLD_MS_MIN = 60 * 24 * 3_600_000;
/** So long a daemon that is stopping waits for what its store is to take, milliseconds; a store that is there takes it in that time. */
export const STORE_GRACE_MS = 5_000;
/** Replica machines at once. */
export const REPLICAS_MAX = 64;
/** How often it is looked how replica machines are, milliseconds. */
export const REPLICA_LOOK_MS = 2_000;
/** How often a replica machine that could not be removed, or whose disks could not be served, is tried again, milliseconds. */
export const REPLICA_RETRY_MS = 30_000;
/** Of a replica machine's console, so many letters are told, the last. */
export const CONSOLE_LETTERS_MAX = 65_536;
/** What overlays may take before it is looked again how much room there is, bytes. */
export const OVERLAY_LOOK_BYTES = 16 * 1024 * 1024;
/** Overlays leave so many times the room that intake leaves. */
export const OVERLAY_RESERVES = 2;
/** Extents of a replica machine's changes in one answer; the asker asks for the next page. */
export const CHANGED_EXTENTS_PER_ANSWER_MAX = 1_024;
/** How much of a disk is looked through for them at once, bytes: it grows where there are few. */
export const CHANGES_LOOK_BYTES = 16 * 1024 * 1024;
export const CHANGES_LOOK_BYTES_MAX = 1024 * 1024 * 1024;
/** After so many looks others have a turn. */
export const CHANGES_LOOKS_PER_TURN = 16;
/** Reads of replica machines' disks at once, in the name of their sources. */
export const REPLICA_READS_AT_ONCE = 4;
/** Of what a check saw, so many letters are told, the last. */
export const CHECK_SAID_LETTERS_MAX = 4_096;
/** A screen of a replica machine as it is told, bytes. */
export const SCREEN_BYTES_MAX = 2 * 1024 * 1024;
/** Until a guest's file system is shown to the tools that change it, or is not any more, milliseconds. */
export const GUEST_MOUNT_MS_MAX = 15_000;
/** One of these tools: without a journal the whole file system is looked through after a crash. Milliseconds. */
export const GUEST_TOOL_MS_MAX = 600_000;
/** Stretches of one disk's history in one answer; as the message says. */
export const HISTORY_SPANS_MAX = 4_096;
