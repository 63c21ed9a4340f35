import { Fault } from "@leeward/base";
import { operator } from "./operator-fault.ts";
import { nameOfHost, type SeenCopy } from "./sessions/copies.ts";

export const machineUnknown = (nameOrId: string): Fault =>
  operator("machine-unknown", `There is no machine ${JSON.stringify(nameOrId)}.`, "See `leeward machine list`.");

export const diskUnknown = (machine: string, nameOrId: string): Fault =>
  operator("disk-unknown", `${machine} has no disk ${JSON.stringify(nameOrId)}.`, "See `leeward disk status`.");

export const serverUnknown = (nameOrId: string): Fault =>
  operator(
    "server-unknown",
    `There is no such server as ${JSON.stringify(nameOrId)}.`,
    "Check the name: the message of a disk that is protected names its servers.",
  );

export const serverForwardsNothing = (name: string): Fault =>
  operator(
    "server-forwards-nothing",
    `${name} is a master target, which sends nothing on.`,
    "Name the process server that forwards to it; see `leeward process-server list`.",
  );

export const policyUnknown = (name: string): Fault =>
  operator("policy-unknown", `There is no policy ${JSON.stringify(name)}.`, "See `leeward policy list`.");

export const groupUnknown = (name: string): Fault =>
  operator("group-unknown", `There is no consistency group ${JSON.stringify(name)}.`, "See `leeward group list`.");

export const machineInGroup = (machine: string, group: string): Fault =>
  operator(
    "machine-in-group",
    `${machine} is in the consistency group ${group} already.`,
    "A machine is in one group at most: set that group without it first, or remove it.",
  );

export const resyncUnderWay = (subject: string, job: string): Fault =>
  operator(
    "resync-under-way",
    `The job ${job} resyncs ${subject} already, and leaves out what its target is found to hold.`,
    "Wait for it, or end it with `leeward job cancel`; then ask again for the whole disk.",
  );

export const jobUnknown = (id: string): Fault =>
  operator("job-unknown", `There is no job ${JSON.stringify(id)}.`, "See `leeward job list`; old ones are forgotten.");

export const tokenUnknown = (id: string): Fault =>
  operator("token-unknown", `There is no token ${JSON.stringify(id)}.`, "See `leeward token list`.");

export const openedUnknown = (id: string): Fault =>
  operator("opened-unknown", `No opened point has the id ${JSON.stringify(id)}.`, "See `leeward point opened`.");

export const routeUnknown = (method: string, path: string): Fault =>
  operator(
    "route-unknown",
    `There is nothing at ${method} ${path}.`,
    "Correct the address; CLI and server may be of different releases.",
  );

export const requestInvalid = (what: string): Fault =>
  operator(
    "request-invalid",
    `The request does not fit: ${what}.`,
    "Correct what the message names; /v1/openapi.json and `--help` say what is taken.",
  );

export const preconditionFailed = (): Fault =>
  operator(
    "precondition-failed",
    "Somebody else has changed it since it was read, or it is not there.",
    "Read it again, and decide anew; the answer's ETag is what If-Match takes.",
  );

export const bodyTooLarge = (): Fault =>
  operator("body-too-large", "The request's body is longer than any that is taken.", "Send less at once.");

export const headTooLarge = (): Fault =>
  operator(
    "head-too-large",
    "The request's address and headers together are longer than any that are taken.",
    "Send less of them: what is long belongs into the body.",
  );

export const requestIncomplete = (): Fault =>
  new Fault({
    code: "request-incomplete",
    kind: "transient",
    message: "The request did not come to its end in time.",
    remedy: "Send it again; look at the network in between.",
  });

export const mediaTypeInvalid = (): Fault =>
  operator(
    "media-type-invalid",
    "A request's body is application/json, and a part of a file application/octet-stream.",
    "Send the header `Content-Type: application/json`.",
  );

export const tooManyRequests = (): Fault =>
  new Fault({
    code: "too-many-requests",
    kind: "transient",
    message: "Too many requests came from this address.",
    remedy: "Wait a minute.",
  });

export const tokenRequired = (): Fault =>
  operator(
    "token-required",
    "This needs a token of the API, or somebody who is signed in.",
    "Send `Authorization: Bearer TOKEN`, or sign in.",
  );

export const tokenRefused = (why: string): Fault =>
  operator(
    "token-refused",
    `The token is not taken: ${why}.`,
    "Ask an administrator for a new one: `leeward token create`.",
  );

export const roleInsufficient = (role: string, needed: string): Fault =>
  operator(
    "role-insufficient",
    `The role ${role} may not do this; it needs ${needed}.`,
    `Use a token or a user of that role; an administrator makes one with \`leeward token create --role ${needed}\`, or \`leeward user set NAME --role ${needed}\`.`,
  );

export const certificateRequired = (): Fault =>
  operator(
    "certificate-required",
    "Only an enrolled machine or server may do this, with its certificate.",
    "Run the command with the home of an enrolled daemon; a token of the API is no certificate.",
  );

export const nameTaken = (name: string): Fault =>
  operator(
    "name-taken",
    `${JSON.stringify(name)} is in use already.`,
    "Choose another name, or remove the old one first.",
  );

export const memberUnknown = (id: string): Fault =>
  operator(
    "member-unknown",
    `${id} does not belong to this installation, or not any more.`,
    "Enrol it again with a new token.",
  );

export const renewalKeyChanged = (id: string): Fault =>
  operator(
    "renewal-key-changed",
    `${id} asks for a certificate on another key than the one that it enrolled with.`,
    "Find out whether its home was copied or exchanged. If it is genuine, enrol it again with a new token.",
  );

/** The file that says which authorities there are. */
export const successionDamaged = (path: string, cause?: unknown): Fault =>
  new Fault({
    code: "identity-damaged",
    kind: "corruption",
    message: `${path} does not say which authorities there are.`,
    remedy: "Restore the home from a backup: `leeward config-server restore`.",
    detail: { path },
    cause,
  });

export const rotationUnderWay = (phase: string): Fault =>
  operator(
    "rotation-under-way",
    `Another authority is being brought in already: ${phase}.`,
    "See `leeward ca show` for who has it; `--force` goes on without the others, and names them.",
  );

export const rotationNone = (): Fault =>
  operator("rotation-none", "No authority is being brought in.", "Begin with `leeward ca rotate`.");

export const rotationIncomplete = (left: readonly string[]): Fault =>
  operator(
    "rotation-incomplete",
    `These have no certificate of the new authority yet: ${left.join(", ")}.`,
    "Start them and wait, or remove those that are gone; `--force` leaves them out, until they are told by hand: `leeward ca trust`.",
  );

export const renewalTooLate = (name: string, endedAt: string): Fault =>
  operator(
    "renewal-too-late",
    `The certificate of ${name} ended at ${endedAt}, longer ago than one is renewed by its key alone.`,
    "Make sure that it is the machine it says; then raise `renewalGraceDays` of the config server until it has renewed.",
  );

/** Who had the member's place before another host took it. */
export const hostSuperseded = (name: string): Fault =>
  operator(
    "peer-superseded",
    `Another host is ${name} now: nothing of this one is taken any more.`,
    "Stop this agent. Register the host anew, with another home, when it is to be protected by itself.",
  );

/** Another host has the same key. */
export const identityCopied = (name: string, { copy, first }: Pick<SeenCopy, "copy" | "first">): Fault => {
  const whose = first === undefined ? "the host that was noted with it" : nameOfHost(first);
  return operator(
    "identity-copied",
    `The identity of ${name} is that of ${whose}, and ${nameOfHost(copy)} has a copy of it. Nothing of the copy is taken.`,
    `Where the copy runs, stop its agent and register it with \`leeward agent register --new-identity\`: with a token for agents it becomes a machine of its own, with one of \`leeward token create --role agent --machine ${name}\` it is ${name} from then on. A server is enrolled anew, with another home.`,
  );
};

export const requestNotAnswered = (kind: string): Fault =>
  operator(
    "request-unsupported",
    `The config server does not answer ${kind}.`,
    "Bring both sides to the same release; upgrade the config server first.",
  );

const offline = (code: string, message: string, remedy: string): Fault =>
  new Fault({ code, kind: "transient", message, remedy });

export const machineOffline = (name: string): Fault =>
  offline(
    "machine-offline",
    `${name} has no session to the config server.`,
    "Start its agent, and see that it reaches this server.",
  );

export const masterTargetOffline = (name: string): Fault =>
  offline("master-target-offline", `The master target ${name} has no session to the config server.`, "Start it.");

export const processServerOffline = (name: string): Fault =>
  offline("process-server-offline", `The process server ${name} has no session to the config server.`, "Start it.");

export const noProcessServer = (): Fault =>
  operator(
    "process-server-none",
    "There is no process server to send the disk to.",
    "Enrol one: `leeward token create --role process-server`.",
  );

export const noMasterTarget = (): Fault =>
  operator(
    "master-target-none",
    "There is no master target to keep the disk.",
    "Enrol one: `leeward token create --role master-target`.",
  );

export const diskProtected = (path: string): Fault =>
  operator("disk-protected-already", `${path} is protected already.`, "See `leeward disk status`.");

export const targetIsMain = (target: string, machine: string): Fault =>
  operator(
    "target-is-main",
    `${target} is the main target of a disk of ${machine}, and cannot be a further one.`,
    "Name another master target: `leeward status`.",
  );

export const targetIsFurther = (target: string, machine: string): Fault =>
  operator(
    "target-is-further",
    `${target} is a further target of a disk of ${machine}, and cannot be a main one.`,
    "Name the master target that the machine's other disks go to: `leeward disk status`.",
  );

export const targetTaken = (target: string): Fault =>
  operator("target-taken", `The disk goes to ${target} already.`, "See `leeward disk status --json`, `targets`.");

export const targetDeleting = (target: string, disk: string): Fault =>
  operator(
    "target-deleting",
    `The recovery points of ${disk} at ${target} are being deleted.`,
    "Wait until they are gone: `leeward disk status --json`, `targets`; then add the target again.",
  );

export const targetOutdated = (member: string, version: string): Fault =>
  operator(
    "target-outdated",
    `${member} has the version ${version}, with which a disk that is protected already cannot go to one more target.`,
    "Upgrade it, then add the target again.",
  );

export const targetsTooMany = (max: number): Fault =>
  operator("targets-too-many", `A disk goes to at most ${max} targets beside its main one.`, "Name fewer.");

export const targetUnknown = (target: string, disk: string): Fault =>
  operator(
    "target-unknown",
    `${target} has nothing of ${disk}.`,
    "See `leeward disk status --json`, `targets`, for those that it goes to.",
  );

export const diskNotProtectable = (path: string, why: string): Fault =>
  operator("disk-not-protectable", `${path} cannot be protected: ${why}.`, "See `leeward disk list`.");

export const diskNotProtected = (name: string): Fault =>
  operator(
    "disk-not-protected",
    `${name} is not protected.`,
    "See `leeward disk status` for those that are; `leeward disk protect` takes it under protection.",
  );

export const diskNotComparable = (name: string): Fault =>
  operator(
    "disk-not-comparable",
    `${name} is rescanned: what it holds now is not what its target was sent last, so it cannot be compared with its replica.`,
    "Where its replica is doubted, send all of it again: `leeward disk resync MACHINE DISK --whole`.",
  );

export const serverInUse = (name: string, disks: number): Fault =>
  operator("server-in-use", `${name} serves ${disks} disks.`, "Unprotect them first.");

export const recoveryKeyLost = (): Fault =>
  operator(
    "recovery-key-not-held",
    "The private half of the recovery key is not here: it was exported, or never in the backup.",
    "It is only where it was exported to: use that file, with `leeward journal … --key FILE`.",
  );

export const recoveryKeyMismatch = (): Fault =>
  operator(
    "recovery-key-mismatch",
    "The digest is not that of the recovery key, so nothing was erased.",
    "Export the key again, and keep the file.",
  );

export const jobCancelled = (): Fault =>
  operator(
    "job-cancelled",
    "The job was cancelled.",
    "Start it again if it is still wanted; `leeward events` says who cancelled it.",
  );

export const jobInterrupted = (): Fault =>
  new Fault({
    code: "job-interrupted",
    kind: "transient",
    message: "The config server stopped while the job ran; what it had begun elsewhere may be unfinished.",
    remedy: "Start it again.",
  });

export const jobEnded = (state: string): Fault =>
  operator(
    "job-ended",
    `The job has ended: it ${state}.`,
    "There is nothing to cancel; `leeward job show` says how it ended.",
  );

export const pointTimedOut = (seconds: number): Fault =>
  new Fault({
    code: "point-timed-out",
    kind: "transient",
    message: `No recovery point became recoverable within ${seconds} s.`,
    remedy: "See `leeward disk status` for how far the disks are; give it more time with --timeout.",
  });

export const tooManyPoints = (most: number): Fault =>
  operator(
    "point-range-invalid",
    `There are more than ${most} points in that time.`,
    "Narrow it with --from and --to.",
  );

export const pointLocked = (point: string, until: string | null, count: number): Fault =>
  operator(
    "point-locked",
    `The recovery point ${point} is locked ${until === null ? "without end" : `until ${until}`}${count > 1 ? `, and ${count - 1} more` : ""}; nothing is deleted.`,
    "Wait until the lock ends, or have an administrator unlock it: `leeward point unlock MACHINE POINT`.",
  );

export const pointNotLocked = (point: string): Fault =>
  operator(
    "point-not-locked",
    `The machine has no locked recovery point ${point}.`,
    "See which are locked, and until when: `leeward point list MACHINE`.",
  );

export const lockEndInvalid = (until: string): Fault =>
  operator(
    "lock-end-invalid",
    `A lock cannot end at ${until}: that is past, or more than 200 years away.`,
    "Give a time to come, or `--forever`.",
  );

export const retentionContradicts = (): Fault =>
  operator(
    "retention-invalid",
    "`retention` and `retentionSeconds` say how long points are kept in two ways.",
    "Set one of them: `retention=2h:all,24h:5m,30d:1h`, or `retentionSeconds=86400`, which keeps all points for so long.",
  );

export const stateElsewhere = (file: string): Fault =>
  operator(
    "state-elsewhere",
    `The setting database names a database, and the state of this home is in ${file}.`,
    "Make a backup and restore it into a new home with --database, or take the setting out.",
  );

export const sharedKeyWrong = (where: string): Fault =>
  operator(
    "shared-key-wrong",
    `What the database holds of the installation's trust does not open with this home's shared.key (${where}).`,
    "Make the home of a further server with `leeward config-server join` from a backup of one that uses this database.",
  );

export const databaseNotEmpty = (name: string): Fault =>
  operator(
    "database-not-empty",
    `The ${name} holds the state of an installation already, so nothing was restored into it.`,
    "Name an empty database with --database. A further server for the one that is there is made by `leeward config-server join`.",
  );

export const databaseEmpty = (name: string): Fault =>
  operator(
    "database-empty",
    `The ${name} holds no installation that a further server could join.`,
    "Check the database's name; a backup is brought into an empty one by `leeward config-server restore --database`.",
  );

export const databaseTaken = (name: string): Fault =>
  operator("database-taken", `A config server has the ${name}.`, "Stop the config servers that use it, and try again.");

export const stateMoved = (home: string): Fault =>
  operator(
    "state-moved",
    `The state of ${home} was in a database, and no setting names one.`,
    "Write `database:` into its config.yaml, or start it with --database. A backup goes back to a file by `leeward config-server restore --database home`.",
  );

export const cacheAccountTaken = (url: string, machine: string): Fault =>
  operator(
    "cache-account-taken",
    `The data of ${machine} go through ${url} already; each machine has a container of its own.`,
    "Make another container, or name a prefix that nobody else has.",
  );

export const alertUnknown = (id: string): Fault =>
  operator(
    "alert-unknown",
    `There is no alert ${JSON.stringify(id)}.`,
    "See `leeward alert list`; old ones are forgotten.",
  );

export const alertEnded = (id: string): Fault =>
  operator("alert-ended", `The alert ${id} does not stand any more.`, "See `leeward alert list` for those that stand.");

export const silenceInvalid = (until: string): Fault =>
  operator(
    "silence-invalid",
    `${until} is no time to which an alert can be silenced: it is over, or more than a year away.`,
    "Name one that is to come: `--for 8h`, or `--until` with a time (RFC 3339).",
  );

export const alertRuleUnknown = (name: string): Fault =>
  operator("alert-rule-unknown", `There is no alert rule ${JSON.stringify(name)}.`, "See `leeward alert rule list`.");

export const alertRuleInvalid = (name: string, why: string): Fault =>
  operator("alert-rule-invalid", `The alert rule ${name} cannot be set so: ${why}.`, "See `leeward alert rule list`.");

export const alertChannelUnknown = (name: string): Fault =>
  operator(
    "alert-channel-unknown",
    `There is no alert channel ${JSON.stringify(name)}.`,
    "See `leeward alert channel list`.",
  );

export const alertChannelInvalid = (name: string, why: string): Fault =>
  operator(
    "alert-channel-invalid",
    `The alert channel ${name} cannot be set so: ${why}.`,
    "See `leeward alert channel set --help`.",
  );

export const alertSecretNeeded = (name: string): Fault =>
  operator(
    "alert-secret-needed",
    `The alert channel ${name} is to go elsewhere, and its secret is not given on to another receiver by itself.`,
    "Give the secret again (`--secret-file`), or take it away (`--no-secret`).",
  );

export const alertSecretUnreadable = (name: string): Fault =>
  operator(
    "alert-secret-unreadable",
    `What is secret of the alert channel ${name} was sealed with another key than this server's home has.`,
    "Set the channel with its URL and secret again: `leeward alert channel set`.",
  );

export const alertChannelsTooMany = (max: number): Fault =>
  operator(
    "alert-channels-too-many",
    `There are ${max} alert channels already.`,
    "Remove one first: `leeward alert channel remove`.",
  );

export const alertAddressRefused = (host: string, why: string): Fault =>
  operator(
    "alert-address-refused",
    `Alert channels do not connect to ${host}: ${why}.`,
    "Name another receiver; or, where this one is meant, allow it in the config server's config.yaml: `channelsMayReach`.",
  );

export const channelsMayReachInvalid = (entry: string): Fault =>
  operator(
    "channels-may-reach-invalid",
    `${JSON.stringify(entry)} in the setting channelsMayReach is no name, address or network.`,
    "Write it as `mail.example`, `192.0.2.7` or `10.0.0.0/8`.",
  );

export const alertDeliveryFailed = (why: string): Fault =>
  new Fault({
    code: "alert-delivery-failed",
    kind: "transient",
    message: why,
    remedy: "See that the receiver runs and takes what it is sent; it is tried again by itself.",
  });
