/** The agent's limits, all in one place. */

/** Milliseconds between recovery points where the policy says nothing. */
export const POINT_INTERVAL_MS_DEFAULT = 2_000;
/** No shorter interval is used, whatever the policy says, milliseconds. */
export const POINT_INTERVAL_MS_MIN = 200;
/** How often a disk tells its facts while they change, milliseconds: sendable records wait at most this long. */
export const FACTS_EVERY_MS = 20;
/** And how often while they do not change, milliseconds. */
export const FACTS_AGE_MS_MAX = 5_000;
/** Bytes of frames in one message to a process server; a single frame may be longer. */
export const RECORDS_BYTES_MAX = 1024 * 1024;
/** How much of a log is read at once, bytes: a message and the head of what follows it, so that a frame of a copy is read in one piece. */
export const LOG_READ_BYTES = RECORDS_BYTES_MAX + 64 * 1024;
/** A resync counts as a success when its target has taken it, and gone on without a refusal for so long, milliseconds. */
export const RESYNC_SETTLED_AFTER_MS = 600_000;
/** After so many resyncs without a success a person is waited for. */
export const RESYNCS_IN_A_ROW_MAX = 3;
/** How often a disk that is not protected any more looks whether somebody still uses it, milliseconds. */
export const CLIENTS_LOOK_MS = 1_000;
/** A status tells at most so many faults of a disk. */
export const DISK_FAULTS_MAX = 64;
/** More hooks are not run. */
export const HOOKS_MAX = 64;
/** How much of what a call of a hook prints is kept, of each of its two streams, bytes. */
export const HOOK_OUTPUT_BYTES_MAX = 16 * 1024;
/** Applications are let go when a point's moment has not come so long after the last `--pre`, milliseconds. */
export const HOOK_HOLD_MS_MAX = 10_000;
/** The first application-consistent point after a start comes within this time, milliseconds. */
export const APPLICATION_POINT_FIRST_MS = 60_000;
/** How long a machine holds writes for a mark of its consistency group, milliseconds; by each machine's own timer, whoever asks. */
export const GROUP_HOLD_MS_MAX = 200;
/** From the end of a hold to the next one at least, milliseconds: writes go on for most of the time, whoever asks. */
export const GROUP_HOLD_PAUSE_MS = 500;
/** How long a machine keeps a turn for a mark that nobody asks for, milliseconds: until others are ready, and frozen. */
export const GROUP_PREPARED_MS_MAX = 3_500;
/** How long the coordinator waits until members are ready, milliseconds: no writes are held meanwhile. */
export const GROUP_READY_MS_MAX = 1_500;
/** What the coordinator leaves of the time for which members are frozen, for the others' holds and for the marks, milliseconds. */
export const GROUP_FREEZE_LEFT_MS = 500;
/** File systems that were frozen for a group are let go for at least so many times as long before they are frozen for it again. */
export const GROUP_FREEZE_REST_FACTOR = 3;
/** How long the coordinator waits until members say that they hold, milliseconds: what is left of their hold is for the mark's way. */
export const GROUP_HELD_MS_MAX = 120;
/** How long the coordinator waits until members say that the mark is raised, milliseconds. */
export const GROUP_MARKED_MS_MAX = 2_000;
/** No shorter interval between points of a group is used, whatever the plan says, milliseconds. */
export const GROUP_INTERVAL_MS_MIN = 1_000;
/** After so many intervals without a word of a member with a lower id, the next one coordinates. */
export const GROUP_SILENT_ROUNDS_MAX = 3;
/** Parts of a group's newest points that are remembered, for whoever waits for one. */
export const GROUP_PARTS_MAX = 64;
/** Connections to members that are kept up or taken at a time: more than a plan may name, fewer than do harm. */
export const GROUP_SESSIONS_MAX = 512;
/** How long a resync waits for what its target says that it holds, milliseconds; then it sends everything, for as long as nothing is said. */
export const REPLICA_WAIT_MS_MAX = 600_000;
/** A copy that waits for its window, or keeps to it, looks at the clock at least this often, milliseconds. */
export const RESCAN_LOOK_MS_MAX = 60_000;
/** From so much of a disk on that waits to be copied, the disk is copied as a whole: it is read in order, and once. */
export const WHOLE_FROM_PART = 0.5;
/** How often it is proved of a tracked disk that no change was missed, and looked at its size, milliseconds. */
export const COLLECT_EVERY_MS = 5_000;
/** A restart takes no longer than this, milliseconds: after more, another system may have had the disks, and they are read anew. */
export const BOOT_DOWN_MS_MAX = 900_000;
/** How long after the agent's start the trace of the machine's start is kept for disks that are still to come, milliseconds. */
export const BOOT_TRACE_MS_MAX = 900_000;
/** What is read of one disk at most while its file systems are held still, bytes; it is kept in memory until it is in the log. */
export const HELD_BYTES_MAX = 128 * 1024 * 1024;
/** What is read of a snapshot between two looks at how far a rescan is, bytes. */
export const RESCAN_STEP_BYTES = 64 * 1024 * 1024;
/** A disk rests from rescans so many times as long as the last one took at least: it is read for half of the time at most. */
export const RESCAN_REST_FACTOR = 1;
/** An image file that is read as it is has not changed for so long before, milliseconds: a later change tells itself by another time. */
export const STILL_FILE_MS_MIN = 2_000;
/** A point of tracked disks is begun with so much left to copy at most, bytes, and a sync of their file systems that took at most so long, milliseconds. */
export const HOLD_FROM_BYTES = 64 * 1024 * 1024;
export const HOLD_FROM_SYNC_MS = 200;
/** Passes over what changed before file systems are held still nevertheless. */
export const PREPARE_ROUNDS_MAX = 8;
/** File systems are held still no longer than this, milliseconds. */
export const HOLD_MS_MAX = 2_000;
/** After a hold that was too long the interval doubles, up to so many times the policy's. */
export const HOLD_BACKOFF_MAX = 16;
/** Seconds between points of tracked disks where the policy says nothing, and the least. */
export const TRACKER_INTERVAL_SECONDS_DEFAULT = 300;
/** How soon a last point is tried again, and a fence written down that could not be, milliseconds. */
export const FENCE_RETRY_MS_MIN = 1_000;
export const FENCE_RETRY_MS_MAX = 10_000;
/** Between the word that a machine is switched off because it is fenced and its disks are open, and that; how soon it is tried again, milliseconds. */
export const FENCE_POWER_OFF_MS = 60_000;
/** Reads of one replica machine's disk that are on their way at a time, and how long each is, bytes: 8 MiB together. */
export const REVERSE_READS_MAX = 8;
export const REVERSE_READ_BYTES = 1024 * 1024;
/** What is brought of a replica machine's disk between two flushes of the disk, bytes: what is brought again at most after a crash. */
export const REVERSE_STEP_BYTES = 256 * 1024 * 1024;
/** What is looked at of a device before it is overwritten, at its beginning and at its end, bytes; whole blocks of digests. */
export const DEVICE_LOOK_BYTES = 1024 * 1024;
/** What is compared of a disk between two records of how far that is, bytes. */
export const REVERSE_COMPARE_STEP_BYTES = 1024 * 1024 * 1024;
/** From one round of reverse replication to the next, milliseconds; at once after one that brought so many bytes. */
export const REVERSE_ROUND_MS = 2_000;
export const REVERSE_BUSY_BYTES = 64 * 1024 * 1024;
/** Extents of a failback set that are kept apart; where they are more, neighbours are joined. */
export const REVERSE_EXTENTS_MAX = 1_000_000;
/** What is asked for at a time of a version that the agent is to become, bytes. */
export const DOWNLOAD_PIECE_BYTES = 1024 * 1024;
/** How soon a config server that could not be asked for it is asked again, and after how long without anything it is given up, milliseconds. */
export const DOWNLOAD_RETRY_MS = 5_000;
export const DOWNLOAD_STALL_MS_MAX = 1_800_000;
/** The room that a new version needs: so many times its archive, and so many bytes. */
export const UPGRADE_ROOM_TIMES = 5;
export const UPGRADE_ROOM_BYTES = 64 * 1024 * 1024;
/** How long an upgrade that the file system keeps from going on waits until it is tried again, milliseconds. */
export const UPGRADE_RETRY_MS = 10_000;
/** How often it is looked how a trial of a new version goes, milliseconds. */
export const TRIAL_LOOK_MS = 250;
/** An agent that was started and is not there for so long has ended, milliseconds: who runs it would have started it again. */
export const TRIAL_GONE_MS_MAX = 10_000;
/** A trial that has not ended after this may have been killed, milliseconds: another one is started, which ends when it was not. */
export const TRIAL_AGAIN_MS = 30_000;
/** A trial that has come no further for so long beyond its time, and is not at work, cannot be started: it is given up, milliseconds. */
export const TRIAL_NONE_MS_MAX = 300_000;
/** How long the version before, which does not run though it was started, is given until it is started again, milliseconds. */
export const TRIAL_START_AGAIN_MS = 5_000;
/** An agent that was asked to end and has not after this is killed, milliseconds: it drains for 30 s at most. */
export const TRIAL_STOP_MS_MAX = 60_000;
