/** Bytes of a request's body. */
export const BODY_BYTES_MAX = 256 * 1024;
/** Bytes of a request's head: a token with its authority's certificate has about 1 KiB. */
export const HEAD_BYTES_MAX = 16 * 1024;
/** How long a request's head and body may take to come, milliseconds. */
export const REQUEST_MS_MAX = 30_000;
/** Enrolments from one address, per minute. */
export const ENROLMENTS_PER_MINUTE_MAX = 120;
/** Refused tokens from one address per minute; who has more is turned away before the token is looked at. */
export const REFUSED_TOKENS_PER_MINUTE_MAX = 60;
/** Addresses whose refused tokens are counted at a time. */
export const REFUSED_ADDRESSES_MAX = 10_000;
/** Events of refused requests per minute; what is beyond is counted in one event. */
export const REFUSAL_EVENTS_PER_MINUTE_MAX = 120;
/** How long a token of enrolment holds unless told, seconds. */
export const ENROLMENT_TOKEN_SECONDS = 86_400;
/** How long a token of the API holds unless told, seconds. */
export const API_TOKEN_SECONDS = 90 * 86_400;
/** How long a new recovery point is waited for unless told, seconds. */
export const POINT_TIMEOUT_SECONDS = 60;
/** Seconds between points of a consistency group, unless told. */
export const GROUP_INTERVAL_SECONDS = 10;
/** Points in one answer. */
export const POINTS_MAX = 200_000;
/** Points in one answer of a master target. */
export const POINTS_PER_REQUEST = 1_000;
/** How long a member may take to answer a request, milliseconds. */
export const MEMBER_REQUEST_MS_MAX = 30_000;
/** How long a save may take, milliseconds. */
export const SAVE_MS_MAX = 7 * 86_400_000;
/** How long a change of plans waits for others after a round in which plans were composed, milliseconds: the longer the more there are to be told. */
export const PLANS_GATHER_MS = 250;
export const PLANS_GATHER_MS_PER_SESSION = 1;
export const PLANS_GATHER_MS_MAX = 2_000;
/** How often it is looked whether a disk that is to be protected still is, when its agent reports nothing, milliseconds. */
export const PROTECT_LOOK_MS = 2_000;
/** What looks at every report rests for so many times as long as its look took, and for so many milliseconds at most: many members report many times a second. */
export const REPORT_LOOK_RESTS = 10;
export const REPORT_LOOK_REST_MS_MAX = 1_000;
/** How often status reports are stored, per member, milliseconds. */
export const REPORT_STORE_MS = 15_000;
/** How often those that are due are stored, all at once, milliseconds. */
export const REPORT_SWEEP_MS = 1_000;
/** Events that one member may report in a minute. */
export const MEMBER_EVENTS_PER_MINUTE_MAX = 120;
/** How often the history of unprotected disks that are to go is asked to be deleted, milliseconds. */
export const DELETION_RETRY_MS = 30_000;
/** How often an agent that could not begin a copy for a further target is asked again, milliseconds. */
export const FURTHER_COPY_RETRY_MS = 30_000;
/** From one copy of a disk for further targets to the next at least, milliseconds. */
export const FURTHER_COPY_AGAIN_MS = 3_600_000;
/** How often certificates and the revocation list are looked after, milliseconds. */
export const TRUST_CARE_MS = 3_600_000;
/** A certificate that ends sooner than this needs a person, seconds: it should have been renewed long ago. */
export const CERTIFICATE_CONCERN_SECONDS = 20 * 86_400;
/** How often it is looked whether a change of authority can go on, milliseconds. */
export const ROTATION_LOOK_MS = 60_000;
/** Until a member that has not taken all of a change of authority is asked again, milliseconds. */
export const TRUST_ASK_MS = 2_000;
/** An authority that ends sooner than this needs a person, seconds. */
export const AUTHORITY_CONCERN_SECONDS = 365 * 86_400;
/** A clock that is further away than this from the config server's needs a person, seconds. */
export const CLOCK_CONCERN_SECONDS = 60;
/** A copy of a member is told of until it has not come for so long: a refused daemon tries every 30 minutes. */
export const COPY_SECONDS = 4_500;
/** Free space below which a server needs a person: this fraction, when it is also less than this many bytes. */
export const FREE_FRACTION_CONCERN = 0.05;
export const FREE_BYTES_CONCERN = 10 * 1024 ** 3;
/** A disk whose RPO is more than this many of its intervals, and more than so many seconds, needs a person. */
export const RPO_INTERVALS_CONCERN = 10;
export const RPO_SECONDS_CONCERN = 60;
/** A backup that is taken in, bytes. */
export const BACKUP_FILE_BYTES_MAX = 64 * 1024 * 1024;
/** How long a member may take for one window of a comparison, milliseconds. */
export const VERIFY_REQUEST_MS_MAX = 180_000;
/** Between two looks at a window: a newer point is there by then. Milliseconds. */
export const VERIFY_RETRY_MS = 2_000;
/** Looks at a window of which no point can be compared, before it counts as skipped. */
export const VERIFY_LOOKS_MAX = 5;
/** Looks at what differed, before it counts as different though it was being written each time. */
export const VERIFY_CONFIRMS_MAX = 5;
/** Looks at what is being repaired, before it counts as not repaired. */
export const VERIFY_REPAIR_LOOKS_MAX = 90;
/** Of these, looks that find it different though it was copied again, before it is given up. */
export const VERIFY_UNMENDED_LOOKS_MAX = 3;
/** Until a verification that was asked for tries again whom it did not reach, milliseconds. */
export const VERIFY_WAIT_MS = 5_000;
/** How often it is looked which disks are to be compared, milliseconds. */
export const VERIFY_LOOK_MS = 1_000;
/** How long a disk rests after a window in the background failed, milliseconds. */
export const VERIFY_REST_MS = 60_000;
/** Windows in the background at once, over all agents and targets. */
export const VERIFY_RUNNING_MAX = 32;
/** How often a resync that waits for its time looks whether it has come, milliseconds. */
export const RESYNC_WINDOW_LOOK_MS = 30_000;
/** How often it is looked which disks are to be read anew by schedule, milliseconds. */
export const RESYNC_SCHEDULE_LOOK_MS = 5_000;
/** A resync by schedule whose last one failed is begun again after this, milliseconds. */
export const RESYNC_SCHEDULE_RETRY_MS = 3_600_000;
/** Devices of one machine that wait to be protected by themselves; more are not taken, and that is told. */
export const APPEARED_DEVICES_MAX = 1_000;
/** A device that appeared and could not be protected now is tried again after this, milliseconds. */
export const AUTO_PROTECT_RETRY_MS = 30_000;
/** How long it is tried to learn the point of a failover while its target does not answer, milliseconds. */
export const POINT_CHOICE_TRIED_MS_MAX = 60_000;
/** How long a master target may take to start a replica machine, milliseconds. */
export const REPLICA_START_MS_MAX = 300_000;
/** How long it is tried to have one started while its target does not answer, milliseconds. */
export const REPLICA_START_TRIED_MS_MAX = 600_000;
/** How long a master target may take to remove a replica machine, milliseconds. */
export const REPLICA_REMOVE_MS_MAX = 180_000;
/** Until a master target that did not answer about a replica machine is asked again, milliseconds. */
export const REPLICA_RETRY_MS = 5_000;
/** How often it is looked whether something of a failover is left that no job removes, milliseconds. */
export const FAILOVER_LOOK_MS = 5_000;
/** How long a source that has a session may take to say that it takes no writes any more, milliseconds. */
export const FENCE_MS_MAX = 60_000;
/** How often it is looked whether a source said so, milliseconds. */
export const FENCE_LOOK_MS = 250;
/** How long a failover to the latest point waits for a process server whose cache does not get shorter, milliseconds. */
export const DRAIN_MS_MAX = 30_000;
/** How often it is looked how far reverse replication is, milliseconds. */
export const REVERSE_LOOK_MS = 500;
/** For a replica machine to shut down before its power is cut, unless told, seconds. */
export const FAILBACK_GRACE_SECONDS = 120;
/** A test failover that stands longer needs a person, seconds. */
export const TEST_FAILOVER_SECONDS_CONCERN = 86_400;
/** Drills of which a machine's reports are kept, the newest. */
export const DRILLS_KEPT = 100;
/** Drills under way at one master target. */
export const DRILLS_PER_TARGET_MAX = 2;
/** How long checks of a drill may take unless told, seconds. */
export const DRILL_CHECK_SECONDS = 600;
/** A part of a disk that is digested in one go, bytes; part of what a report says. */
export const DRILL_WINDOW_BYTES = 256 * 1024 * 1024;
/** How long a master target may take for such a part, milliseconds. */
export const DRILL_WINDOW_MS_MAX = 600_000;
/** How long something of a drill is tried while its target does not answer, milliseconds. */
export const DRILL_TRIED_MS_MAX = 600_000;
/** Until it is tried again, milliseconds. */
export const DRILL_RETRY_MS = 2_000;
/** How often it is looked whether a drill's test failover has come further, milliseconds. */
export const DRILL_FAILOVER_LOOK_MS = 250;
/** How often it is looked which drills no job carries, and which are due, milliseconds. */
export const DRILL_LOOK_MS = 5_000;
/** Interruptions that a report names; what comes after is left out. */
export const DRILL_INTERRUPTIONS_MAX = 50;
/** How often it is looked whether a window went by in which a drill was due, milliseconds. */
export const DRILL_WINDOW_LOOK_MS = 300_000;
/** How long a script of a recovery plan may run unless told, seconds. */
export const PLAN_SCRIPT_SECONDS = 300;
/** How long a check of a recovery plan is repeated until it passes unless told, seconds. */
export const PLAN_HEALTH_SECONDS = 300;
/** Links between the steps of one recovery plan. */
export const PLAN_LINKS_MAX = 100_000;
/** Problems of a plan's document that are told. */
export const PLAN_PROBLEMS_SHOWN = 20;
/** Machines, scripts and checks of one run at once. */
export const PLAN_STEPS_AT_ONCE_MAX = 16;
/** Of what a script or a check said, letters that are kept. */
export const PLAN_SAID_LETTERS_MAX = 4_096;
/** Bytes of a request that brings a plan: its document, as JSON writes it. */
export const PLAN_REQUEST_BYTES_MAX = 3 * 1024 * 1024;
/** How often a cleanup looks at a failover that is still being begun or undone, milliseconds. */
export const PLAN_CLEANUP_LOOK_MS = 1_000;
/** Of a script that is sent into a replica machine, bytes. */
export const PLAN_GUEST_SCRIPT_BYTES_MAX = 262_144;
/** Pushes that are under way at once at one process server; the others wait. */
export const PUSHES_AT_ONCE_MAX = 8;
/** How long a step of a push may take at a process server, milliseconds: more than all that it does there may. */
export const PUSH_STEP_MS_MAX = 60 * 60_000;
/** How long a token for a pushed machine holds, seconds: as long as the step that uses it. */
export const PUSH_TOKEN_SECONDS = 3_600;
/** How long an agent that was installed may take to come, milliseconds. */
export const PUSH_AWAIT_MS_MAX = 180_000;
/** How often it is tried to undo a push at its machine, and how long between two, milliseconds. */
export const PUSH_UNDO_TRIES_MAX = 4;
export const PUSH_UNDO_RETRY_MS = 10_000;
/** How often it is looked for pushes that no job carries any more, milliseconds. */
export const PUSH_LOOK_MS = 1_000;
/** Pushes in one answer, and that are kept. */
export const PUSHES_MAX = 1_000;
/** Bytes of one file of a release. */
export const RELEASE_FILE_BYTES_MAX = 1024 * 1024 * 1024;
/** Files of releases that are kept. */
export const RELEASE_FILES_MAX = 32;
/** How long a machine may take to get a release and to try it, beyond twice the time in which it has to be up, milliseconds. */
export const UPGRADE_MS_MAX = 3 * 3_600_000;
/** How long the disks of an upgraded machine may take to be as protected as they were, milliseconds. */
export const UPGRADE_SETTLE_MS_MAX = 600_000;
/** How often it is looked how far a machine's upgrade is, and how soon a machine that could not be asked is asked again, milliseconds. */
export const UPGRADE_LOOK_MS = 500;
export const UPGRADE_ASK_MS = 5_000;
/** In which a new version has to be up, unless told, seconds. */
export const UPGRADE_READY_SECONDS = 120;
/** Releases that a machine may be behind its servers: mixed versions work so far. */
export const RELEASES_BEHIND_MAX = 2;

/** Targets that a disk goes to beside its main one. */
export const DISK_TARGETS_MAX = 8;
/** Wrong passwords of one name that have no consequence, and from one address. */
export const WRONG_PASSWORDS_OF_NAME = 5;
export const WRONG_PASSWORDS_FROM_ADDRESS = 20;
/** How long the next one locks the name or the address, seconds; each further one twice as long, up to the longest. */
export const LOCK_SECONDS = 30;
export const LOCK_SECONDS_MAX = 900;
/** When the last wrong password is forgotten, seconds. */
export const WRONG_PASSWORD_SECONDS = 86_400;
/** Names and addresses of which wrong passwords are counted. */
export const WRONG_PASSWORD_SUBJECTS_MAX = 10_000;
/** Passwords that are hashed at once; each takes 19 MiB and a core. */
export const PASSWORD_HASHES_AT_ONCE_MAX = 2;
/** Passwords that wait for it. */
export const PASSWORD_HASHES_WAITING_MAX = 64;
/** Characters of a password. */
export const PASSWORD_CHARACTERS_MIN = 12;
/** Users. */
export const USERS_MAX = 10_000;
/** Sign-ins of one user or token; the oldest goes. */
export const SIGN_INS_EACH_MAX = 32;
/** How often it is stored that somebody who is signed in made a call, milliseconds. */
export const SEEN_STORE_MS = 60_000;
/** How long a second person has to decide, and then the first one to go on, seconds. */
export const APPROVAL_SECONDS = 86_400;
export const APPROVED_SECONDS = 3_600;
/** How long approvals are kept, seconds. */
export const APPROVALS_KEPT_SECONDS = 90 * 86_400;
/** How long a sign-in over a provider may take from its begin to the way back, seconds. */
export const OIDC_SECONDS = 600;
/** How long a provider may take for one answer, milliseconds, and bytes of it. */
export const OIDC_MS_MAX = 10_000;
export const OIDC_BYTES_MAX = 1024 * 1024;
/** When a provider is asked again what it says of itself, seconds. */
export const OIDC_DISCOVERY_SECONDS = 3_600;
/** Jobs that have ended and are kept: the newest, and all that ended within the last 400 days. */
export const JOBS_KEPT = 20_000;
export const JOBS_KEPT_SECONDS = 400 * 86_400;
/** How many jobs are dropped at once: a fraction of a second. */
export const JOBS_PRUNED_MAX = 1_000;
/** How many events are dropped at once: a fraction of a second. */
export const EVENTS_PRUNED_MAX = 10_000;
/** How long samples of a minute are kept, minutes, and those of an hour, hours. */
export const SAMPLE_MINUTES_KEPT = 48 * 60;
export const SAMPLE_HOURS_KEPT = 90 * 24;
/** A status that is older tells nothing of the present, milliseconds: each member tells its own every few seconds. */
export const SAMPLE_HEARD_MS_MAX = 30_000;
/** A rate is not told over a longer silence than that, milliseconds. */
export const SAMPLE_RATE_MS_MAX = 150_000;
/** What is read for one answer, minutes or hours of all disks together: a day of the hours of 4,000 disks, or two days of the minutes of 34. */
export const SAMPLES_PER_ANSWER_MAX = 100_000;
/** What of it is read before others have their turn: some tens of milliseconds. */
export const SAMPLES_PER_TURN = 2_000;
/** Hours of all disks together that one plan for the future rests on. */
export const PLANNED_HOURS_MAX = 400_000;
/** Those who listen to live notices at once. */
export const LIVE_SOCKETS_MAX = 500;
/** Between two live notices to one who listens, milliseconds. */
export const LIVE_NOTICE_MS = 1_000;
/** How often it is asked anew whether one who listens to live notices still may, and is still there, milliseconds. */
export const LIVE_ADMIT_MS = 15_000;
/** Live notices that one has not taken, bytes; who has more is let go. */
export const LIVE_WAITING_BYTES_MAX = 64 * 1024;

/** How often it is looked what has come to hold, and what does not any more, milliseconds. */
export const ALERT_LOOK_MS = 5_000;
/** A look that took long is followed by that many times its length without one. */
export const ALERT_LOOK_RESTS = 20;
/** How long the words of an alert may be others than those of its condition, seconds. */
export const ALERT_WORDS_SECONDS = 60;
/** Resolved alerts that are kept. */
export const ALERTS_KEPT = 20_000;
/** How long what is to be told waits for more to come, milliseconds: what happens at once is one message. */
export const ALERT_GATHER_MS = 30_000;
/** How often it is looked whether a channel is to be told something, milliseconds. */
export const ALERT_CHANNEL_LOOK_MS = 1_000;
/** Notices that one message has in full; more are counted. */
export const ALERT_NOTICES_MAX = 100;
/** Notices that are lines of syslog of their own; more are one line. */
export const ALERT_SYSLOG_LINES_MAX = 10;
/** Channels of alerts. */
export const ALERT_CHANNELS_MAX = 32;
/** How long one attempt to tell a channel may take, milliseconds. */
export const ALERT_SEND_MS_MAX = 20_000;
/** How long a receiver of syslog has to keep the connection after the last byte, milliseconds: its refusal takes a way there and back to be seen. */
export const ALERT_SYSLOG_HOLD_MS = 500;
/** How often the delay of uploads is noted, milliseconds, and how many notes of a disk are kept. */
export const UPLOAD_NOTE_MS = 30_000;
export const UPLOAD_NOTES_MAX = 240;
/** How long the answer to a call with an Idempotency-Key is kept, seconds. */
export const IDEMPOTENT_CALL_SECONDS = 86_400;
/** How often it is looked for answers that were kept that long, milliseconds. */
export const IDEMPOTENT_CALL_LOOK_MS = 600_000;
