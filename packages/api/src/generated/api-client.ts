// Made by `npm run api` from docs/openapi.json, which is made of the table of routes. Not to be changed by hand.
import { type ApiClientOptions, type CallOptions, RouteCaller } from "../route-caller.ts";

export type Alert = { id: string; rule: string; code: string; severity: "warning" | "critical"; subjectKind: "machine" | "disk" | "server" | "plan" | "installation"; subject: string | null; machine: string | null; message: string; remedy: string; state: "open" | "acknowledged" | "resolved"; openedAt: string; changedAt: string; acknowledgedBy: string | null; acknowledgedAt: string | null; note: string | null; silencedUntil: string | null; resolvedAt: string | null };

export type AlertChannel = { name: string; kind: "webhook" | "smtp" | "syslog"; severity: "warning" | "critical"; settings: Record<string, string | number | null | string[]>; hasSecret: boolean; lastDeliveredAt: string | null; fault: { code: string; message: string; since: string } | null };

export type AlertChannelChange = ({ kind: "webhook"; severity?: "warning" | "critical"; settings: { url: string; caPem?: string | null }; secret?: string | null }) | ({ kind: "smtp"; severity?: "warning" | "critical"; settings: { host: string; port: number; security: "starttls" | "tls" | "none"; user?: string | null; from: string; to: string[]; caPem?: string | null }; secret?: string | null }) | ({ kind: "syslog"; severity?: "warning" | "critical"; settings: { host: string; port: number; transport: "udp" | "tcp" | "tls"; facility?: number; caPem?: string | null } });

export type AlertRule = { name: string; summary: string; unit: string | null; warning: number | null; critical: number | null; defaultWarning: number | null; defaultCritical: number | null; enabled: boolean };

export type AlertRuleChange = { warning?: number | null; critical?: number | null; enabled?: boolean };

export type Approval = { id: string; action: string; subject: string | null; summary: string; machine: string | null; askedBy: string; askedAt: string; expiresAt: string; state: ApprovalState; decidedBy: string | null; decidedAt: string | null };

export type ApprovalState = "open" | "approved" | "refused" | "used" | "expired";

export type Authorities = { caPem: string };

export type Bandwidth = { schedule: string; timeZone: string | null; bytesPerSecond: number | null; until: string | null; waitedSeconds: number | null; sentBytes: number | null };

export type Candidate = { path: string; kind: "file" | "block-device"; sizeBytes: number; refusal: string | null; trackerRefusal: string | null; rescanRefusal: string | null };

export type CardSettings = { mac: string | null; network: string | null; dhcp: boolean; addresses: string[]; gateways: string[]; dns: string[] };

export type Consistency = "crash" | "file-system" | "application";

export type Disk = { id: string; name: string; machine: string; path: string; sizeBytes: number | null; capture: string; state: DiskState; nbdUri: string | null; sequence: { written: number | null; cached: number | null; journaled: number | null }; rpoSeconds: number | null; progress: Progress | null; rescan: ({ beganAt: string | null; endedAt: string | null; tookSeconds: number | null }) | null; faults: StandingFault[]; policy: string; processServer: string | null; masterTarget: string | null; targets: (({ id: string; name: string; main: boolean; journaled: number | null; rpoSeconds: number | null; state: "following" | "copying" | "left-behind" | "away" | "kept" | "deleting"; faults: StandingFault[] })[]) | null; history: ("continuous" | "reduced" | "gap") | null; newestPoint: string | null; oldestPoint: string | null; pointCount: number | null; journalBytes: number | null; logBytes: number | null; historyForecast: { at: string; inSeconds: number; reachSeconds: number; reachLeftSeconds: number; growthBytesPerSecond: number; bytesMax: number } | null; heldExcess: ({ bytes: number; bytesMax: number; pointCount: number; holders: ({ point: string; time: string; kind: "pin" | "lock"; owner: string; reason: string; until: string | null })[] }) | null; merging: Progress | null; verify: { lastPassEndedAt: string | null; passBegunAt: string | null; doneBytes: number; differingBytes: number } };

export type DiskSamples = { disk: string; rpoSeconds: (number | null)[]; rpoSecondsMax: (number | null)[]; churnBytesPerSecond: (number | null)[]; churnBytesPerSecondMax: (number | null)[]; logBytes: (number | null)[]; journalBytes: (number | null)[] };

export type DiskStages = { disk: string; machine: string; stages: ({ stage: StageName; busyFraction: number | null; bytesPerSecond: number | null; outBytesPerSecond: number | null; waitingBytes: number | null })[]; bottleneck: StageName | null };

export type DiskState = "initial" | "protected" | "reduced" | "gap" | "resync" | "stopped" | "fenced" | "reverse";

export type Drill = { id: string; machine: string; machineName: string; state: DrillState; scheduled: boolean; actor: string; at: string; settings: DrillSettings; point: string | null; pointTime: string | null; failover: string | null; problems: { code: string; message: string }[]; createdAt: string; endedAt: string | null };

export type DrillOrder = { at: string; checks: string[]; timeoutSeconds?: number; proof?: "full" | "none"; host?: "qemu" | "libvirt" | "none"; cpus?: number; memoryMib?: number; firmware?: "bios" | "uefi"; diskBus?: "virtio" | "sata" | "scsi" | "nvme" | "ide"; network?: string; cpuShare?: number; bootDisk?: string; allowMissing?: boolean };

export type DrillReport = { format: 1; drill: string; installation: string; softwareVersion: string; outcome: "passed" | "failed"; problems: { code: string; message: string }[]; machine: { id: string; name: string }; masterTarget: { id: string; name: string }; asked: { by: string; scheduled: boolean; time: string; at: string }; settings: DrillSettings; point: { id: string; time: string; validUntil: string; consistency: Consistency; missingDisks: string[] } | null; failover: string | null; rpo: { seconds: number | null; words: string }; rto: { orderedAt: string | null; startSeconds: number | null; words: string }; checks: ({ check: string; ok: boolean | null; afterOrderSeconds: number | null; said: string })[]; screen: { png: string | null; why: string | null }; proof: { kind: "full" | "none"; result: "equal" | "different" | "not-proved"; words: string; windowBytes: number; disks: ({ disk: string; name: string; sizeBytes: number; before: string; after: string | null })[] }; cleanup: { done: boolean; endedAt: string | null; words: string }; interruptions: { time: string; state: DrillState; why: string }[]; endedAt: string };

export type DrillSchedule = { machine: string; machineName: string; everySeconds: number; window: string; settings: DrillSettings; setBy: string; setAt: string; dueAt: string };

export type DrillScheduleChange = { everySeconds: number; window?: string; checks: string[]; timeoutSeconds?: number; proof?: "full" | "none"; host?: "qemu" | "libvirt" | "none"; cpus?: number; memoryMib?: number; firmware?: "bios" | "uefi"; diskBus?: "virtio" | "sata" | "scsi" | "nvme" | "ide"; network?: string; cpuShare?: number; bootDisk?: string; allowMissing?: boolean };

export type DrillSettings = { checks: string[]; timeoutSeconds?: number; proof?: "full" | "none"; host?: "qemu" | "libvirt" | "none"; cpus?: number; memoryMib?: number; firmware?: "bios" | "uefi"; diskBus?: "virtio" | "sata" | "scsi" | "nvme" | "ide"; network?: string; cpuShare?: number; bootDisk?: string; allowMissing?: boolean };

export type DrillState = "choosing" | "digesting" | "starting" | "checking" | "clearing" | "comparing" | "reporting" | "passed" | "failed";

export type Enrolled = { id: string; name: string; role: "agent" | "process-server" | "master-target"; certificatePem: string; caPem: string; crlPem: string; serverId: string };

export type ErrorItem = { code: string; kind: "transient" | "discontinuity" | "corruption" | "protocol" | "operator"; message: string; remedy: string | null; detail: Record<string, string | number | boolean | null> };

export type Event = { id: number; time: string; severity: "info" | "warning" | "critical"; kind: string; subject: string | null; actor: string; address: string | null; message: string; detail: Record<string, string | number | boolean | null> };

export type FailbackOrder = { graceSeconds?: number };

export type Failover = { id: string; kind: "test" | "planned" | "unplanned"; state: FailoverState; machine: string; machineName: string; at: string; point: string | null; pointTime: string | null; masterTarget: string; host: "qemu" | "libvirt" | "none"; cpus: number; memoryMib: number; firmware: "bios" | "uefi"; diskBus: "virtio" | "sata" | "scsi" | "nvme" | "ide"; network: string; cpuShare: number | null; disks: ({ disk: string; name: string; nbdUri: string | null })[]; missingDisks: ({ disk: string; name: string | null })[]; replica: ({ state: "starting" | "removing" | "running" | "paused" | "ended" | "described" | "unknown"; why: string | null }) | null; forced: boolean; fence: ("fenced" | "open" | "unconfirmed") | null; epoch: number | null; proof: { comparedBytes: number; differingBytes: number } | null; reverse: ReverseProgress[]; newDisks: { disk: string; name: string; path: string }[]; lastPoint: string | null; notes: string | null; actor: string; error: ErrorItem | null; createdAt: string; startedAt: string | null; endedAt: string | null };

export type FailoverState = "preparing" | "fencing" | "starting" | "running" | "commit-pending" | "changing" | "committed" | "reversing" | "halting" | "resuming" | "handing-back" | "undoing" | "cancelling" | "cleaning-up" | "failed" | "cancelled" | "cleaned-up" | "failed-back";

export type Group = { id: string; name: string; intervalSeconds: number; members: ({ machine: string; name: string; state: "online" | "offline"; address: string | null })[] };

export type GroupChange = { machines: string[]; intervalSeconds?: number };

export type GroupPoint = { id: string; group: string; time: string; kind: "group"; consistency: Consistency; complete: boolean; machines: { machine: string; name: string; time: string; validUntil: string; disks: Record<string, { branch: string; sequence: number }>; missingDisks: string[] }[]; missing: { machine: string; name: string }[] };

export type Health = { state: "ok"; version: string; id: string; time: string };

export type ImageFormat = "raw" | "qcow2" | "vhd" | "vhdx" | "vmdk";

export type Installation = { id: string; workingHours: string; secondPerson: boolean | null };

export type InstallationChange = { workingHours?: string; secondPerson?: boolean };

export type InstallationSamples = { stepSeconds: number; times: string[]; machines: ({ machine: string; rpoSeconds: (number | null)[]; churnBytesPerSecond: (number | null)[] })[] };

export type Job = { id: string; kind: "protect" | "save" | "verify" | "resync" | "seed-load" | "failover-test" | "failover-planned" | "failover-proof" | "failover-unplanned" | "failover-change-point" | "failover-cancel" | "failover-cleanup" | "failover-reprotect" | "failover-failback" | "drill" | "recovery-plan" | "recovery-plan-cleanup" | "push" | "agent-upgrade"; subject: string; state: JobState; progress: JobProgress | null; error: ErrorItem | null; startedAt: string | null; endedAt: string | null; createdAt: string; machine: string | null; disk: string | null; result: JobResult | null };

export type JobProgress = { doneBytes: number; totalBytes: number; etaSeconds: number | null; doneSteps: number | null; totalSteps: number | null };

export type JobResult = Saved | Verified;

export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

export type Link = { from: string; to: string; kind: "control" | "data" | "target"; state: "up" | "down"; bytesPerSecond: number | null };

export type Machine = { id: string; name: string; state: "online" | "offline" | "removed"; epoch: number; agentVersion: string | null; lastSeen: string | null; disks: Disk[]; enrolledAt: string; clockOffsetSeconds: number | null; certificateExpiresAt: string | null; bandwidth: Bandwidth; autoProtect: { policy: string | null; exclude: string[] }; recovery: RecoverySettings; cacheAccount: ({ storeUrl: string; bytesMax: number; waitingBytes: number | null; requestsPerGb: number | null }) | null };

export type MachineChange = { bandwidth?: string; autoProtect?: string; cacheAccount?: string; cacheBytesMax?: number; exclude?: string };

export type MachineSamples = { stepSeconds: number; times: string[]; disks: DiskSamples[] };

export type Opened = { id: string; point: string; machine: string | null; disk: string; nbdUri: string; readOnly: boolean; sizeBytes: number };

export type PasswordChange = { password: string; newPassword: string };

export type PlanAnswer = { outcome: "done" | "failed"; notes?: string };

export type PlanChange = { text: string };

export type PlanDryRun = { plan: string; kind: "test" | "planned" | "unplanned"; ok: boolean; waves: string[][]; steps: ({ name: string; kind: "machine" | "script" | "manual" | "wait" | "health"; wave: number; machine: string | null; machineId: string | null; point: string | null; pointTime: string | null; pointAgeSeconds: number | null; needsForce: boolean; problems: string[] })[] };

export type PlanOrder = { name?: string; text: string; replace?: boolean };

export type PlanRun = { id: string; plan: string; kind: "test" | "planned" | "unplanned"; state: PlanRunState; cleanup: "none" | "under-way" | "done" | "failed"; at: string | null; forced: boolean; job: string; actor: string; createdAt: string; endedAt: string | null; steps: PlanRunStep[] };

export type PlanRunOrder = { kind: "test" | "planned" | "unplanned"; at?: string; force?: boolean };

export type PlanRunState = "running" | "succeeded" | "failed" | "cancelled";

export type PlanRunStep = { name: string; kind: "machine" | "script" | "manual" | "wait" | "health"; after: string[]; onFailure: ("stop" | "continue") | null; machine: string | null; settings: ({ at?: string; host?: "qemu" | "libvirt" | "none"; cpus?: number; memoryMib?: number; firmware?: "bios" | "uefi"; diskBus?: "virtio" | "sata" | "scsi" | "nvme" | "ide"; network?: string; cpuShare?: number; bootDisk?: string; allowMissing?: boolean; forwards?: number[] }) | null; script: ({ file: string; limitSeconds: number; of: string | null; in?: "server" | "replica" }) | null; manual: string | null; waitSeconds: number | null; health: ({ tcp: { host: string; port: number } | null; http: ({ url: string; status: number | null }) | null; limitSeconds: number }) | null; state: PlanStepState; machineId: string | null; failover: string | null; job: string | null; said: string | null; notes: string | null; error: ErrorItem | null; begunAt: string | null; endedAt: string | null };

export type PlanRunSummary = { id: string; plan: string; kind: "test" | "planned" | "unplanned"; state: PlanRunState; cleanup: "none" | "under-way" | "done" | "failed"; at: string | null; forced: boolean; job: string; actor: string; createdAt: string; endedAt: string | null; endedSteps: number; totalSteps: number };

export type PlanStep = { name: string; kind: "machine" | "script" | "manual" | "wait" | "health"; after: string[]; onFailure: ("stop" | "continue") | null; machine: string | null; settings: ({ at?: string; host?: "qemu" | "libvirt" | "none"; cpus?: number; memoryMib?: number; firmware?: "bios" | "uefi"; diskBus?: "virtio" | "sata" | "scsi" | "nvme" | "ide"; network?: string; cpuShare?: number; bootDisk?: string; allowMissing?: boolean; forwards?: number[] }) | null; script: ({ file: string; limitSeconds: number; of: string | null; in?: "server" | "replica" }) | null; manual: string | null; waitSeconds: number | null; health: ({ tcp: { host: string; port: number } | null; http: ({ url: string; status: number | null }) | null; limitSeconds: number }) | null };

export type PlanStepState = "waiting" | "running" | "asking" | "done" | "failed" | "left-out" | "left";

export type PlanStored = { plan: RecoveryPlan; warnings: string[] };

export type PlanSummary = { id: string; name: string; description: string; createdAt: string; changedAt: string; actor: string; lastRun: ({ id: string; kind: "test" | "planned" | "unplanned"; state: PlanRunState }) | null; totalSteps: number };

export type PlanText = { name: string; text: string; changedAt: string | null };

export type PlannedFailoverOrder = { host?: "qemu" | "libvirt" | "none"; cpus?: number; memoryMib?: number; firmware?: "bios" | "uefi"; diskBus?: "virtio" | "sata" | "scsi" | "nvme" | "ide"; network?: string; cpuShare?: number; bootDisk?: string; allowMissing?: boolean; forwards?: number[]; force?: boolean };

export type Point = { id: string; machine: string; time: string; validUntil: string; epoch: number; kind: "auto" | "mark" | "group"; consistency: Consistency; disks: Record<string, { branch: string; sequence: number }>; locked: boolean; lockedUntil: string | null };

export type PointChange = { at: string };

export type PointWay = { items: WayItem[]; unknown: { name: string; why: string }[] };

export type Policy = { name: string; builtIn: boolean; pointIntervalSeconds: number; applicationPointIntervalSeconds: 0 | number; trackerPointIntervalSeconds: number; logBytesMax: number; copyBytesPerSecondMax: number; retentionSeconds: number; retention: string; retentionBytesMax: number; codec: "none" | "lz4" | "zstd"; cacheBytesMax: number; resyncWindow: string; resyncDays: number; verifyDays: number };

export type PolicyChange = { pointIntervalSeconds?: number; applicationPointIntervalSeconds?: 0 | number; trackerPointIntervalSeconds?: number; logBytesMax?: number; copyBytesPerSecondMax?: number; retentionSeconds?: number; retention?: string; retentionBytesMax?: number; codec?: "none" | "lz4" | "zstd"; cacheBytesMax?: number; resyncWindow?: string; resyncDays?: number; verifyDays?: number };

export type Problem = { type: string; title: string; status: number; detail: string; error: ErrorItem };

export type Progress = { doneBytes: number; totalBytes: number; etaSeconds: number | null };

export type ProtectionPlan = { observedSeconds: number; observed: { machines: number; diskBytes: number | null; churnBytesPerDay: number | null; churnP95BytesPerSecond: number | null; churnPeakBytesPerSecond: number | null; compression: number | null; cpuSecondsPerGb: number | null }; needs: { bandwidthBytesPerSecond: number | null; bandwidthPeakBytesPerSecond: number | null; retentionBytes: number | null; cacheBytes: number | null; processServers: number | null; masterTargetBytes: number | null; initialSeconds: number | null }; basis: Record<string, string>; perMachine: ({ machine: string; churnBytesPerDay: number | null; retentionBytes: number | null; observedSeconds: number })[] };

export type Push = { id: string; kind: "push" | "upgrade" | "uninstall"; host: string; port: number; user: string; state: PushState; processServer: string; hostKey: string | null; jumpHostKey: string | null; found: PushFindings | null; machine: string | null; machineName: string | null; error: ErrorItem | null; undone: boolean | null; actor: string; job: string; createdAt: string; endedAt: string | null };

export type PushFindings = { hostname: string; distribution: string; kernel: string; rungs: string[]; agentVersion: string | null; package: string | null; serverReach: "yes" | "no" | "unknown"; dataReach: "yes" | "no" | "unknown"; notes: string[] };

export type PushHost = { host: string; port?: number; name?: string; hostKey?: string };

export type PushLogin = { password?: string; privateKey?: string; passphrase?: string; sudoPassword?: string };

export type PushOrder = { kind: "push" | "upgrade" | "uninstall"; hosts: PushHost[]; user: string; login: PushLogin; acceptHostKey?: boolean; jump?: { host: string; port?: number; user: string; hostKey?: string; login?: { password?: string; privateKey?: string; passphrase?: string } }; processServer?: string; server?: string; version?: string; protectable?: string[]; startCommand?: string };

export type PushState = "looking" | "changing" | "awaiting" | "settling" | "undoing" | "done" | "failed";

export type RecoveryChange = { host?: ("qemu" | "libvirt" | "none") | null; cpus?: number | null; memoryMib?: number | null; firmware?: ("bios" | "uefi") | null; diskBus?: ("virtio" | "sata" | "scsi" | "nvme" | "ide") | null; bootDisk?: string | null; network?: string | null; testNetwork?: string | null; nics?: CardSettings[] | null; testNics?: CardSettings[] | null };

export type RecoveryKey = { keyId: string; privateKeyPem: string; sha256: string; createdAt: string };

export type RecoveryKeyErased = { keyId: string; erasedAt: string };

export type RecoveryPlan = { id: string; name: string; description: string; createdAt: string; changedAt: string; actor: string; lastRun: ({ id: string; kind: "test" | "planned" | "unplanned"; state: PlanRunState }) | null; steps: PlanStep[] };

export type RecoverySettings = { host: ("qemu" | "libvirt" | "none") | null; cpus: number | null; memoryMib: number | null; firmware: ("bios" | "uefi") | null; diskBus: ("virtio" | "sata" | "scsi" | "nvme" | "ide") | null; bootDisk: string | null; network: string | null; testNetwork: string | null; nics: CardSettings[] | null; testNics: CardSettings[] | null };

export type ReleaseFile = { file: string; version: string; kind: "deb" | "tar.gz"; bytes: number; sha256: string; addedAt: string; addedBy: string };

export type ReleasePart = { receivedBytes: number; release: ReleaseFile | null };

export type ReplicaConsole = { failover: string; text: string };

export type ReprotectOrder = { disks?: { disk: string; path: string }[]; overwrite?: boolean };

export type ReverseProgress = { disk: string; name: string; method: "set" | "compared"; setBytes: number; broughtBytes: number; complete: boolean };

export type Role = "viewer" | "operator" | "administrator";

export type Rotation = { phase: "none" | "introducing" | "renewing"; fingerprint: string; successor: string | null; since: string | null; retiresAt: string | null; members: number; behind: { id: string; role: string; name: string }[] };

export type Saved = { point: string; disk: string; file: string; bytes: number; sha256: string; format: ImageFormat };

export type Scope = { machines: string[] };

export type ScopeOrder = { machines: string[] };

export type SeedOrder = { machine: string; disk: string; name: string; path: string; branch: string; keyId: string; wrappedKey: string };

export type SenderChange = { bandwidth?: string };

export type Server = { id: string; name: string; role: "process-server" | "master-target"; state: "online" | "offline" | "removed"; softwareVersion: string | null; address: string | null; lastSeen: string | null; enrolledAt: string; certificateExpiresAt: string | null; freeBytes: number | null; totalBytes: number | null; uploadDelaySeconds: number | null; health: { cpuFraction: number; memoryFraction: number; residentBytes: number } | null; faults: StandingFault[]; bandwidth: Bandwidth | null; store: ({ place: string; leased: boolean; puts: number; gets: number; lists: number; removes: number; retries: number; sentBytes: number; receivedBytes: number; requestsPerGb: number | null; heldLocks: { locks: number; held: number } | null }) | null };

export type SignIn = { id: string; user: { id: string | null; name: string; kind: "local" | "oidc" | "token" }; role: Role; scope: Scope | null; csrfToken: string | null; signedInAt: string | null; expiresAt: string | null; idleSeconds: number | null };

export type SignInOrder = { user: string; password: string } | { token: string };

export type SignInSummary = { id: string; user: string; role: Role; address: string; userAgent: string | null; signedInAt: string; seenAt: string; expiresAt: string };

export type SignedDrillReport = { report: DrillReport; signature: string };

export type StageName = "read" | "log" | "network" | "cache" | "compress" | "forward" | "apply";

export type StandingFault = { code: string; kind: "transient" | "discontinuity" | "corruption" | "protocol" | "operator"; message: string; since: string | null };

export type StatusItem = { code: string; severity: "info" | "warning" | "critical"; subject: string | null; message: string; remedy: string; since: string | null };

export type TestFailoverOrder = { at: string; host?: "qemu" | "libvirt" | "none"; cpus?: number; memoryMib?: number; firmware?: "bios" | "uefi"; diskBus?: "virtio" | "sata" | "scsi" | "nvme" | "ide"; network?: string; cpuShare?: number; bootDisk?: string; allowMissing?: boolean; forwards?: number[] };

export type Timeline = { from: string | null; to: string | null; disks: ({ disk: string; unknown: string | null; spans: ({ from: string; to: string; state: "continuous" | "reduced" | "gap"; reason: string | null })[] })[] };

export type Token = { id: string; role: TokenRole; state: "valid" | "used" | "expired" | "revoked"; createdAt: string; createdBy: string; expiresAt: string | null; usedAt: string | null; usedBy: string | null; note: string | null; scope: Scope | null };

export type TokenCreated = { id: string; token: string; role: TokenRole; expiresAt: string | null; scope: Scope | null };

export type TokenRole = "agent" | "process-server" | "master-target" | "viewer" | "operator" | "administrator";

export type UnplannedFailoverOrder = { at: string; host?: "qemu" | "libvirt" | "none"; cpus?: number; memoryMib?: number; firmware?: "bios" | "uefi"; diskBus?: "virtio" | "sata" | "scsi" | "nvme" | "ide"; network?: string; cpuShare?: number; bootDisk?: string; allowMissing?: boolean; forwards?: number[]; force?: boolean };

export type Upgrade = { job: string; version: string; state: JobState; machines: UpgradedMachine[] };

export type UpgradeOrder = { machines?: string[]; version?: string; wave?: number; failures?: number; readySeconds?: number };

export type UpgradeState = "waiting" | "ordered" | "upgraded" | "failed" | "skipped";

export type UpgradedMachine = { machine: string; name: string; state: UpgradeState; from: string | null; error: ErrorItem | null };

export type User = { id: string; name: string; role: Role; kind: "local" | "oidc"; scope: Scope | null; disabled: boolean; lockedUntil: string | null; createdAt: string; createdBy: string; lastSignInAt: string | null };

export type UserChange = { role?: Role; password?: string; disabled?: boolean; unlock?: boolean; scope?: ScopeOrder | null };

export type UserOrder = { name: string; role: Role; password: string; scope?: ScopeOrder | null };

export type Verified = { disk: string; comparedBytes: number; skippedBytes: number; differingBytes: number; repairedBytes: number };

export type WayItem = { daemon: "mobility-agent" | "process-server" | "master-target"; name: string; member: string; disk: string | null; stage: "raised" | "durable" | "sent" | "cached" | "cut" | "compressed" | "staged" | "journaled" | "recoverable"; at: string; tookSeconds: number };

export type WaysToSignIn = { local: boolean; oidc: { name: string } | null; version: string };

/** The public API, a method for each of its operations. */
export class ApiClient {
  readonly #caller: RouteCaller;
  /** Any operation by its name. */
  readonly call: RouteCaller["call"];
  /** The same, with the tag of the answer. */
  readonly tagged: RouteCaller["tagged"];

  constructor(options: ApiClientOptions) {
    this.#caller = new RouteCaller(options);
    this.call = (name, call, options) => this.#caller.call(name, call, options);
    this.tagged = (name, call, options) => this.#caller.tagged(name, call, options);
  }

  close(): void {
    this.#caller.close();
  }

  /** List machines. Needs the role viewer. `GET /v1/machines` */
  listMachines(call: { query?: { removed?: boolean; state?: "online" | "offline" | "removed"; name?: string; limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Machine[]; next: string | null }> {
    return this.#caller.call("listMachines", call, options);
  }

  /** Show a machine. Needs the role viewer. `GET /v1/machines/{machine}` */
  showMachine(call: { params: { machine: string } }, options?: CallOptions): Promise<Machine> {
    return this.#caller.call("showMachine", call, options);
  }

  /** Change what is set for a machine. Needs the role administrator. `PUT /v1/machines/{machine}` */
  setMachine(call: { params: { machine: string }; body: MachineChange }, options?: CallOptions): Promise<Machine> {
    return this.#caller.call("setMachine", call, options);
  }

  /** Remove a machine and revoke its certificate; its points stay unless asked. Needs the role administrator. `DELETE /v1/machines/{machine}` */
  removeMachine(call: { params: { machine: string }; query?: { deletePoints?: boolean } }, options?: CallOptions): Promise<Machine> {
    return this.#caller.call("removeMachine", call, options);
  }

  /** Change how a machine is made at its master target. Needs the role operator. `PUT /v1/machines/{machine}/recovery` */
  setRecovery(call: { params: { machine: string }; body: RecoveryChange }, options?: CallOptions): Promise<Machine> {
    return this.#caller.call("setRecovery", call, options);
  }

  /** List what could be protected on a machine. Needs the role viewer. `GET /v1/machines/{machine}/candidates` */
  listCandidates(call: { params: { machine: string }; query?: { limit?: number; after?: string } }, options?: CallOptions): Promise<{ items: Candidate[]; next: string | null }> {
    return this.#caller.call("listCandidates", call, options);
  }

  /** List protected disks, of one machine or all. Needs the role viewer. `GET /v1/disks` */
  listDisks(call: { query?: { machine?: string; limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Disk[]; next: string | null }> {
    return this.#caller.call("listDisks", call, options);
  }

  /** Protect a disk. Needs the role operator. `POST /v1/machines/{machine}/disks` */
  protectDisk(call: { params: { machine: string }; body: { path: string; name?: string; capture?: "splitter" | "tracker" | "rescan"; policy?: string; processServer?: string; masterTarget?: string; alsoTo?: string[]; seed?: boolean } }, options?: CallOptions): Promise<{ disk: Disk; job: Job }> {
    return this.#caller.call("protectDisk", call, options);
  }

  /** Have a protected disk go to one more target; its points there begin when the source has been read for it. Needs the role operator. `POST /v1/machines/{machine}/disks/{disk}/targets` */
  addTarget(call: { params: { machine: string; disk: string }; body: { target: string } }, options?: CallOptions): Promise<Disk> {
    return this.#caller.call("addTarget", call, options);
  }

  /** Have a disk go to one of its further targets no more; its points there stay unless an administrator asks. Needs the role operator. `DELETE /v1/machines/{machine}/disks/{disk}/targets/{target}` */
  removeTarget(call: { params: { machine: string; disk: string; target: string }; query?: { deletePoints?: boolean } }, options?: CallOptions): Promise<Disk> {
    return this.#caller.call("removeTarget", call, options);
  }

  /** Stop protecting a disk; its points stay unless an administrator asks. Needs the role operator. `DELETE /v1/machines/{machine}/disks/{disk}` */
  unprotectDisk(call: { params: { machine: string; disk: string }; query?: { deletePoints?: boolean } }, options?: CallOptions): Promise<Disk> {
    return this.#caller.call("unprotectDisk", call, options);
  }

  /** Compare a disk with its replica as a whole, and repair what differs. Needs the role operator. `POST /v1/machines/{machine}/disks/{disk}/verifications` */
  verifyDisk(call: { params: { machine: string; disk: string } }, options?: CallOptions): Promise<Job> {
    return this.#caller.call("verifyDisk", call, options);
  }

  /** Read a disk anew and copy what differs, or all of it, over its replica; the points until now stay. Needs the role operator. `POST /v1/machines/{machine}/disks/{disk}/resyncs` */
  resyncDisk(call: { params: { machine: string; disk: string }; body: { now?: boolean; whole?: boolean } }, options?: CallOptions): Promise<Job> {
    return this.#caller.call("resyncDisk", call, options);
  }

  /** List which disks of the asking machine wait for a seed. Needs a member's certificate. `GET /v1/seed-orders` */
  listSeedOrders(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: SeedOrder[]; next: string | null }> {
    return this.#caller.call("listSeedOrders", call, options);
  }

  /** Load a disk's seed from a folder of the master target's machine. Needs the role operator. `POST /v1/machines/{machine}/disks/{disk}/seed` */
  loadSeed(call: { params: { machine: string; disk: string }; body: { path: string } }, options?: CallOptions): Promise<Job> {
    return this.#caller.call("loadSeed", call, options);
  }

  /** Wait for a disk's seed no longer, and have all of it sent. Needs the role operator. `DELETE /v1/machines/{machine}/disks/{disk}/seed` */
  giveUpSeed(call: { params: { machine: string; disk: string } }, options?: CallOptions): Promise<Disk> {
    return this.#caller.call("giveUpSeed", call, options);
  }

  /** Install, upgrade or uninstall the agents of machines over SSH, from a process server. Needs the role administrator. `POST /v1/pushes` */
  pushAgents(call: { body: PushOrder }, options?: CallOptions): Promise<{ items: { push: Push; job: Job }[] }> {
    return this.#caller.call("pushAgents", call, options);
  }

  /** List pushes, newest first. Needs the role viewer. `GET /v1/pushes` */
  listPushes(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Push[]; next: string | null }> {
    return this.#caller.call("listPushes", call, options);
  }

  /** Show a push. Needs the role viewer. `GET /v1/pushes/{id}` */
  showPush(call: { params: { id: string } }, options?: CallOptions): Promise<Push> {
    return this.#caller.call("showPush", call, options);
  }

  /** List the files of releases that agents are upgraded to. Needs the role viewer. `GET /v1/releases` */
  listReleases(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: ReleaseFile[]; next: string | null }> {
    return this.#caller.call("listReleases", call, options);
  }

  /** Add a file of a release, part by part from offset 0 on; it is there once its last part has come and its sum is right. Needs the role administrator. `PUT /v1/releases/{file}/parts` */
  addReleasePart(call: { params: { file: string }; query?: { offset: number; sizeBytes: number; sha256: string }; body: Uint8Array }, options?: CallOptions): Promise<ReleasePart> {
    return this.#caller.call("addReleasePart", call, options);
  }

  /** Remove the files of a release. Needs the role administrator. `DELETE /v1/releases/{version}` */
  removeRelease(call: { params: { version: string } }, options?: CallOptions): Promise<{ items: ReleaseFile[] }> {
    return this.#caller.call("removeRelease", call, options);
  }

  /** Have agents upgrade themselves, in waves. Needs the role administrator. `POST /v1/upgrades` */
  upgradeAgents(call: { body: UpgradeOrder }, options?: CallOptions): Promise<Upgrade> {
    return this.#caller.call("upgradeAgents", call, options);
  }

  /** Show an upgrade of agents by its job, machine by machine. Needs the role viewer. `GET /v1/upgrades/{id}` */
  showUpgrade(call: { params: { id: string } }, options?: CallOptions): Promise<Upgrade> {
    return this.#caller.call("showUpgrade", call, options);
  }

  /** List recovery points, oldest first. Needs the role viewer. `GET /v1/machines/{machine}/points` */
  listPoints(call: { params: { machine: string }; query?: { from?: string; to?: string; target?: string; limit?: number; after?: string } }, options?: CallOptions): Promise<{ items: Point[]; next: string | null }> {
    return this.#caller.call("listPoints", call, options);
  }

  /** Make a recovery point; answers when it is recoverable. Needs the role operator. `POST /v1/machines/{machine}/points` */
  createPoint(call: { params: { machine: string }; body: { consistency?: Consistency; timeoutSeconds?: number } }, options?: CallOptions): Promise<Point> {
    return this.#caller.call("createPoint", call, options);
  }

  /** Lock a recovery point until a time or (null) without end; nothing deletes it before, and a lock is never made shorter. Needs the role operator. `PUT /v1/machines/{machine}/points/{point}/lock` */
  lockPoint(call: { params: { machine: string; point: string }; body: { until: string | null; reason?: string } }, options?: CallOptions): Promise<Point> {
    return this.#caller.call("lockPoint", call, options);
  }

  /** Take a recovery point's lock away. Needs the role administrator. `DELETE /v1/machines/{machine}/points/{point}/lock` */
  unlockPoint(call: { params: { machine: string; point: string } }, options?: CallOptions): Promise<Point> {
    return this.#caller.call("unlockPoint", call, options);
  }

  /** Serve a recovery point as a disk. Needs the role operator. `POST /v1/machines/{machine}/disks/{disk}/opened` */
  openPoint(call: { params: { machine: string; disk: string }; body: { at: string; socketPath?: string; writable?: boolean; target?: string } }, options?: CallOptions): Promise<Opened> {
    return this.#caller.call("openPoint", call, options);
  }

  /** List opened points. Needs the role viewer. `GET /v1/opened` */
  listOpened(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Opened[]; next: string | null }> {
    return this.#caller.call("listOpened", call, options);
  }

  /** Close an opened point. Needs the role operator. `DELETE /v1/opened/{id}` */
  closePoint(call: { params: { id: string } }, options?: CallOptions): Promise<object> {
    return this.#caller.call("closePoint", call, options);
  }

  /** Write a recovery point to a file or device of the master target's machine. Needs the role operator. `POST /v1/machines/{machine}/disks/{disk}/saves` */
  savePoint(call: { params: { machine: string; disk: string }; body: { at: string; path: string; force?: boolean; format?: ImageFormat; target?: string } }, options?: CallOptions): Promise<Job> {
    return this.#caller.call("savePoint", call, options);
  }

  /** Start a machine from a recovery point beside the running one, on overlays. Needs the role operator. `POST /v1/machines/{machine}/failovers/test` */
  testFailover(call: { params: { machine: string }; body: TestFailoverOrder }, options?: CallOptions): Promise<{ failover: Failover; job: Job }> {
    return this.#caller.call("testFailover", call, options);
  }

  /** List failovers, newest first, of one machine or all. Needs the role viewer. `GET /v1/failovers` */
  listFailovers(call: { query?: { machine?: string; limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Failover[]; next: string | null }> {
    return this.#caller.call("listFailovers", call, options);
  }

  /** Show a failover, by its id or by the machine that it stands for. Needs the role viewer. `GET /v1/failovers/{failover}` */
  showFailover(call: { params: { failover: string } }, options?: CallOptions): Promise<Failover> {
    return this.#caller.call("showFailover", call, options);
  }

  /** Read what a replica machine wrote to its serial console. Needs the role operator. `GET /v1/failovers/{failover}/console` */
  readReplicaConsole(call: { params: { failover: string } }, options?: CallOptions): Promise<ReplicaConsole> {
    return this.#caller.call("readReplicaConsole", call, options);
  }

  /** Stop a machine and start it at its master target, without loss. Needs the role operator. `POST /v1/machines/{machine}/failovers/planned` */
  planFailover(call: { params: { machine: string }; body: PlannedFailoverOrder }, options?: CallOptions): Promise<{ failover: Failover; job: Job }> {
    return this.#caller.call("planFailover", call, options);
  }

  /** Start a machine at its master target from a recovery point, in the place of its source. Needs the role operator. `POST /v1/machines/{machine}/failovers/unplanned` */
  unplannedFailover(call: { params: { machine: string }; body: UnplannedFailoverOrder }, options?: CallOptions): Promise<{ failover: Failover; job: Job }> {
    return this.#caller.call("unplannedFailover", call, options);
  }

  /** Settle a failover's point for good. Needs the role operator. `POST /v1/failovers/{failover}/commit` */
  commitFailover(call: { params: { failover: string } }, options?: CallOptions): Promise<Failover> {
    return this.#caller.call("commitFailover", call, options);
  }

  /** Take a failover back that was not committed: the source goes on. Needs the role operator. `POST /v1/failovers/{failover}/cancel` */
  cancelFailover(call: { params: { failover: string }; body: { notes?: string } }, options?: CallOptions): Promise<{ failover: Failover; job: Job }> {
    return this.#caller.call("cancelFailover", call, options);
  }

  /** Start the machine of a failover that was not committed from another point. Needs the role operator. `POST /v1/failovers/{failover}/point` */
  changeFailoverPoint(call: { params: { failover: string }; body: PointChange }, options?: CallOptions): Promise<{ failover: Failover; job: Job }> {
    return this.#caller.call("changeFailoverPoint", call, options);
  }

  /** Bring the source's disks to what the replica machine's are, and keep them so. Needs the role operator. `POST /v1/failovers/{failover}/reprotect` */
  reprotect(call: { params: { failover: string }; body: ReprotectOrder }, options?: CallOptions): Promise<{ failover: Failover; job: Job }> {
    return this.#caller.call("reprotect", call, options);
  }

  /** Halt the replica machine and have the source go on from there. Needs the role operator. `POST /v1/failovers/{failover}/failback` */
  failBack(call: { params: { failover: string }; body: FailbackOrder }, options?: CallOptions): Promise<{ failover: Failover; job: Job }> {
    return this.#caller.call("failBack", call, options);
  }

  /** End a test failover and remove all that there is of it. Needs the role operator. `POST /v1/failovers/{failover}/cleanup` */
  cleanupFailover(call: { params: { failover: string }; body: { notes?: string } }, options?: CallOptions): Promise<{ failover: Failover; job: Job }> {
    return this.#caller.call("cleanupFailover", call, options);
  }

  /** Begin a drill: a test failover that is checked, cleaned up and reported. Needs the role operator. `POST /v1/machines/{machine}/drills` */
  runDrill(call: { params: { machine: string }; body: DrillOrder }, options?: CallOptions): Promise<{ drill: Drill; job: Job }> {
    return this.#caller.call("runDrill", call, options);
  }

  /** List drills, newest first, of one machine or all. Needs the role viewer. `GET /v1/drills` */
  listDrills(call: { query?: { machine?: string; limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Drill[]; next: string | null }> {
    return this.#caller.call("listDrills", call, options);
  }

  /** Show the signed report of a drill that has ended. Needs the role viewer. `GET /v1/drills/{id}/report` */
  showDrillReport(call: { params: { id: string } }, options?: CallOptions): Promise<SignedDrillReport> {
    return this.#caller.call("showDrillReport", call, options);
  }

  /** List which machines have drills by schedule. Needs the role viewer. `GET /v1/drill-schedules` */
  listDrillSchedules(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: DrillSchedule[]; next: string | null }> {
    return this.#caller.call("listDrillSchedules", call, options);
  }

  /** Show when drills of a machine are made by schedule. Needs the role viewer. `GET /v1/machines/{machine}/drill-schedule` */
  showDrillSchedule(call: { params: { machine: string } }, options?: CallOptions): Promise<DrillSchedule> {
    return this.#caller.call("showDrillSchedule", call, options);
  }

  /** Have drills of a machine made by schedule. Needs the role operator. `PUT /v1/machines/{machine}/drill-schedule` */
  setDrillSchedule(call: { params: { machine: string }; body: DrillScheduleChange }, options?: CallOptions): Promise<DrillSchedule> {
    return this.#caller.call("setDrillSchedule", call, options);
  }

  /** End the schedule of a machine's drills; their reports stay. Needs the role operator. `DELETE /v1/machines/{machine}/drill-schedule` */
  removeDrillSchedule(call: { params: { machine: string } }, options?: CallOptions): Promise<DrillSchedule> {
    return this.#caller.call("removeDrillSchedule", call, options);
  }

  /** List recovery plans. Needs the role viewer. `GET /v1/recovery-plans` */
  listRecoveryPlans(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: PlanSummary[]; next: string | null }> {
    return this.#caller.call("listRecoveryPlans", call, options);
  }

  /** Store a recovery plan. Needs the role operator. `POST /v1/recovery-plans` */
  createRecoveryPlan(call: { body: PlanOrder }, options?: CallOptions): Promise<PlanStored> {
    return this.#caller.call("createRecoveryPlan", call, options);
  }

  /** Show a recovery plan. Needs the role viewer. `GET /v1/recovery-plans/{plan}` */
  showRecoveryPlan(call: { params: { plan: string } }, options?: CallOptions): Promise<RecoveryPlan> {
    return this.#caller.call("showRecoveryPlan", call, options);
  }

  /** Replace a recovery plan's document. Needs the role operator. `PUT /v1/recovery-plans/{plan}` */
  editRecoveryPlan(call: { params: { plan: string }; body: PlanChange }, options?: CallOptions): Promise<PlanStored> {
    return this.#caller.call("editRecoveryPlan", call, options);
  }

  /** Remove a recovery plan; its runs stay. Needs the role operator. `DELETE /v1/recovery-plans/{plan}` */
  removeRecoveryPlan(call: { params: { plan: string } }, options?: CallOptions): Promise<RecoveryPlan> {
    return this.#caller.call("removeRecoveryPlan", call, options);
  }

  /** Read a recovery plan's document as it was written. Needs the role viewer. `GET /v1/recovery-plans/{plan}/text` */
  readRecoveryPlan(call: { params: { plan: string } }, options?: CallOptions): Promise<PlanText> {
    return this.#caller.call("readRecoveryPlan", call, options);
  }

  /** Say what a run would do, and what of it would not work. Needs the role operator. `GET /v1/recovery-plans/{plan}/dry-run` */
  dryRunRecoveryPlan(call: { params: { plan: string }; query?: { kind: "test" | "planned" | "unplanned"; at?: string; force?: boolean } }, options?: CallOptions): Promise<PlanDryRun> {
    return this.#caller.call("dryRunRecoveryPlan", call, options);
  }

  /** Run a recovery plan. Needs the role operator. `POST /v1/recovery-plans/{plan}/runs` */
  runRecoveryPlan(call: { params: { plan: string }; body: PlanRunOrder }, options?: CallOptions): Promise<{ run: PlanRun; job: Job }> {
    return this.#caller.call("runRecoveryPlan", call, options);
  }

  /** List runs of recovery plans, newest first, of one plan or all. Needs the role viewer. `GET /v1/recovery-plan-runs` */
  listPlanRuns(call: { query?: { plan?: string; limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: PlanRunSummary[]; next: string | null }> {
    return this.#caller.call("listPlanRuns", call, options);
  }

  /** Show a run of a recovery plan. Needs the role viewer. `GET /v1/recovery-plan-runs/{run}` */
  showPlanRun(call: { params: { run: string } }, options?: CallOptions): Promise<PlanRun> {
    return this.#caller.call("showPlanRun", call, options);
  }

  /** Say how a step went that a person was asked to do. Needs the role operator. `POST /v1/recovery-plan-runs/{run}/steps/{step}` */
  continuePlanRun(call: { params: { run: string; step: string }; body: PlanAnswer }, options?: CallOptions): Promise<PlanRun> {
    return this.#caller.call("continuePlanRun", call, options);
  }

  /** Begin nothing more of a run; what runs is left as it is. Needs the role operator. `POST /v1/recovery-plan-runs/{run}/cancel` */
  cancelPlanRun(call: { params: { run: string } }, options?: CallOptions): Promise<PlanRun> {
    return this.#caller.call("cancelPlanRun", call, options);
  }

  /** End the test failovers of a run. Needs the role operator. `POST /v1/recovery-plan-runs/{run}/cleanup` */
  cleanUpPlanRun(call: { params: { run: string }; body: { notes?: string } }, options?: CallOptions): Promise<{ run: PlanRun; job: Job }> {
    return this.#caller.call("cleanUpPlanRun", call, options);
  }

  /** List consistency groups. Needs the role viewer. `GET /v1/groups` */
  listGroups(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Group[]; next: string | null }> {
    return this.#caller.call("listGroups", call, options);
  }

  /** Show a consistency group. Needs the role viewer. `GET /v1/groups/{name}` */
  showGroup(call: { params: { name: string } }, options?: CallOptions): Promise<Group> {
    return this.#caller.call("showGroup", call, options);
  }

  /** Make or change a consistency group. Needs the role administrator. `PUT /v1/groups/{name}` */
  setGroup(call: { params: { name: string }; body: GroupChange }, options?: CallOptions): Promise<Group> {
    return this.#caller.call("setGroup", call, options);
  }

  /** Remove a consistency group; its machines and all points stay. Needs the role administrator. `DELETE /v1/groups/{name}` */
  removeGroup(call: { params: { name: string } }, options?: CallOptions): Promise<Group> {
    return this.#caller.call("removeGroup", call, options);
  }

  /** List the points of a consistency group, oldest first. Needs the role viewer. `GET /v1/groups/{name}/points` */
  listGroupPoints(call: { params: { name: string }; query?: { from?: string; to?: string; limit?: number; after?: string } }, options?: CallOptions): Promise<{ items: GroupPoint[]; next: string | null }> {
    return this.#caller.call("listGroupPoints", call, options);
  }

  /** Make a point of a consistency group; answers when it is recoverable. Needs the role operator. `POST /v1/groups/{name}/points` */
  createGroupPoint(call: { params: { name: string }; body: { consistency?: Consistency; timeoutSeconds?: number } }, options?: CallOptions): Promise<GroupPoint> {
    return this.#caller.call("createGroupPoint", call, options);
  }

  /** List policies. Needs the role viewer. `GET /v1/policies` */
  listPolicies(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Policy[]; next: string | null }> {
    return this.#caller.call("listPolicies", call, options);
  }

  /** Show a policy. Needs the role viewer. `GET /v1/policies/{name}` */
  showPolicy(call: { params: { name: string } }, options?: CallOptions): Promise<Policy> {
    return this.#caller.call("showPolicy", call, options);
  }

  /** Change or make a policy. Needs the role administrator. `PUT /v1/policies/{name}` */
  setPolicy(call: { params: { name: string }; body: PolicyChange }, options?: CallOptions): Promise<Policy> {
    return this.#caller.call("setPolicy", call, options);
  }

  /** List jobs, newest first; with since, those that had not ended before then. Needs the role viewer. `GET /v1/jobs` */
  listJobs(call: { query?: { state?: JobState; kind?: "protect" | "save" | "verify" | "resync" | "seed-load" | "failover-test" | "failover-planned" | "failover-proof" | "failover-unplanned" | "failover-change-point" | "failover-cancel" | "failover-cleanup" | "failover-reprotect" | "failover-failback" | "drill" | "recovery-plan" | "recovery-plan-cleanup" | "push" | "agent-upgrade"; subject?: string; machine?: string; since?: string; limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Job[]; next: string | null }> {
    return this.#caller.call("listJobs", call, options);
  }

  /** Show a job; with waitSeconds, as soon as it has ended or the time is over. Needs the role viewer. `GET /v1/jobs/{id}` */
  showJob(call: { params: { id: string }; query?: { waitSeconds?: number } }, options?: CallOptions): Promise<Job> {
    return this.#caller.call("showJob", call, options);
  }

  /** Cancel a job. Needs the role operator. `POST /v1/jobs/{id}/cancel` */
  cancelJob(call: { params: { id: string } }, options?: CallOptions): Promise<Job> {
    return this.#caller.call("cancelJob", call, options);
  }

  /** List events, oldest first: the newest ones, or with since or after those from there on; with waitSeconds, as soon as there is one; with order newest, newest first. Needs the role viewer. `GET /v1/events` */
  listEvents(call: { query?: { since?: string; until?: string; severity?: "info" | "warning" | "critical"; kind?: string; actor?: string; subject?: string; order?: "oldest" | "newest"; waitSeconds?: number; limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Event[]; next: string | null }> {
    return this.#caller.call("listEvents", call, options);
  }

  /** Everything that needs a person. Needs the role viewer. `GET /v1/status` */
  status(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: StatusItem[]; next: string | null }> {
    return this.#caller.call("status", call, options);
  }

  /** List alerts, newest first; those that stand, unless a state is named. Needs the role viewer. `GET /v1/alerts` */
  listAlerts(call: { query?: { state?: "open" | "acknowledged" | "resolved"; severity?: "warning" | "critical"; machine?: string; limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Alert[]; next: string | null }> {
    return this.#caller.call("listAlerts", call, options);
  }

  /** Show an alert. Needs the role viewer. `GET /v1/alerts/{id}` */
  showAlert(call: { params: { id: string } }, options?: CallOptions): Promise<Alert> {
    return this.#caller.call("showAlert", call, options);
  }

  /** Say that somebody sees to an alert. Needs the role operator. `POST /v1/alerts/{id}/acknowledge` */
  acknowledgeAlert(call: { params: { id: string }; body: { note?: string } }, options?: CallOptions): Promise<Alert> {
    return this.#caller.call("acknowledgeAlert", call, options);
  }

  /** Tell nobody of an alert until a time; it still shows. Needs the role operator. `POST /v1/alerts/{id}/silence` */
  silenceAlert(call: { params: { id: string }; body: { until: string; note?: string } }, options?: CallOptions): Promise<Alert> {
    return this.#caller.call("silenceAlert", call, options);
  }

  /** End the silence of an alert. Needs the role operator. `DELETE /v1/alerts/{id}/silence` */
  unsilenceAlert(call: { params: { id: string } }, options?: CallOptions): Promise<Alert> {
    return this.#caller.call("unsilenceAlert", call, options);
  }

  /** List what opens alerts, and from when on. Needs the role viewer. `GET /v1/alert-rules` */
  listAlertRules(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: AlertRule[]; next: string | null }> {
    return this.#caller.call("listAlertRules", call, options);
  }

  /** Show what opens alerts, and from when on. Needs the role viewer. `GET /v1/alert-rules/{rule}` */
  showAlertRule(call: { params: { rule: string } }, options?: CallOptions): Promise<AlertRule> {
    return this.#caller.call("showAlertRule", call, options);
  }

  /** Change the thresholds of a rule, or switch it off or on. Needs the role administrator. `PUT /v1/alert-rules/{rule}` */
  setAlertRule(call: { params: { rule: string }; body: AlertRuleChange }, options?: CallOptions): Promise<AlertRule> {
    return this.#caller.call("setAlertRule", call, options);
  }

  /** List who is told of alerts, never their secrets. Needs the role viewer. `GET /v1/alert-channels` */
  listAlertChannels(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: AlertChannel[]; next: string | null }> {
    return this.#caller.call("listAlertChannels", call, options);
  }

  /** Show a channel of alerts, never its secret. Needs the role viewer. `GET /v1/alert-channels/{name}` */
  showAlertChannel(call: { params: { name: string } }, options?: CallOptions): Promise<AlertChannel> {
    return this.#caller.call("showAlertChannel", call, options);
  }

  /** Make or change a channel of alerts. Needs the role administrator. `PUT /v1/alert-channels/{name}` */
  setAlertChannel(call: { params: { name: string }; body: AlertChannelChange }, options?: CallOptions): Promise<AlertChannel> {
    return this.#caller.call("setAlertChannel", call, options);
  }

  /** Remove a channel of alerts. Needs the role administrator. `DELETE /v1/alert-channels/{name}` */
  removeAlertChannel(call: { params: { name: string } }, options?: CallOptions): Promise<AlertChannel> {
    return this.#caller.call("removeAlertChannel", call, options);
  }

  /** Send a message over a channel of alerts now; answers when it got through. Needs the role administrator. `POST /v1/alert-channels/{name}/test` */
  testAlertChannel(call: { params: { name: string } }, options?: CallOptions): Promise<AlertChannel> {
    return this.#caller.call("testAlertChannel", call, options);
  }

  /** List process servers and master targets. Needs the role viewer. `GET /v1/servers` */
  listServers(call: { query?: { removed?: boolean; limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Server[]; next: string | null }> {
    return this.#caller.call("listServers", call, options);
  }

  /** Change what is set for a process server. Needs the role administrator. `PUT /v1/servers/{server}` */
  setServer(call: { params: { server: string }; body: SenderChange }, options?: CallOptions): Promise<Server> {
    return this.#caller.call("setServer", call, options);
  }

  /** Remove a server that serves no protected disk, and revoke its certificate. Needs the role administrator. `DELETE /v1/servers/{server}` */
  removeServer(call: { params: { server: string } }, options?: CallOptions): Promise<Server> {
    return this.#caller.call("removeServer", call, options);
  }

  /** Which ways to sign in there are. Needs no token. `GET /v1/sign-in` */
  waysToSignIn(call: object = {}, options?: CallOptions): Promise<WaysToSignIn> {
    return this.#caller.call("waysToSignIn", call, options);
  }

  /** Sign in with a name and a password, or with a token; sets a cookie. Needs no token. `POST /v1/sign-in` */
  signIn(call: { body: SignInOrder }, options?: CallOptions): Promise<SignIn> {
    return this.#caller.call("signIn", call, options);
  }

  /** Show who calls. Needs the role viewer. `GET /v1/me` */
  me(call: object = {}, options?: CallOptions): Promise<SignIn> {
    return this.#caller.call("me", call, options);
  }

  /** End the sign-in of who calls. Needs the role viewer. `POST /v1/sign-out` */
  signOut(call: object = {}, options?: CallOptions): Promise<object> {
    return this.#caller.call("signOut", call, options);
  }

  /** Change one's own password; ends one's other sign-ins. Needs the role viewer. `PUT /v1/me/password` */
  changePassword(call: { body: PasswordChange }, options?: CallOptions): Promise<object> {
    return this.#caller.call("changePassword", call, options);
  }

  /** List users. Needs the role administrator. `GET /v1/users` */
  listUsers(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: User[]; next: string | null }> {
    return this.#caller.call("listUsers", call, options);
  }

  /** Create a user with a password. Needs the role administrator. `POST /v1/users` */
  createUser(call: { body: UserOrder }, options?: CallOptions): Promise<User> {
    return this.#caller.call("createUser", call, options);
  }

  /** Show a user. Needs the role administrator. `GET /v1/users/{user}` */
  showUser(call: { params: { user: string } }, options?: CallOptions): Promise<User> {
    return this.#caller.call("showUser", call, options);
  }

  /** Change a user's role, password or scope, disable or unlock one; ends the user's sign-ins. Needs the role administrator. `PUT /v1/users/{user}` */
  setUser(call: { params: { user: string }; body: UserChange }, options?: CallOptions): Promise<User> {
    return this.#caller.call("setUser", call, options);
  }

  /** Remove a user. Needs the role administrator. `DELETE /v1/users/{user}` */
  removeUser(call: { params: { user: string } }, options?: CallOptions): Promise<User> {
    return this.#caller.call("removeUser", call, options);
  }

  /** List who is signed in. Needs the role administrator. `GET /v1/sign-ins` */
  listSignIns(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: SignInSummary[]; next: string | null }> {
    return this.#caller.call("listSignIns", call, options);
  }

  /** End a sign-in. Needs the role administrator. `DELETE /v1/sign-ins/{id}` */
  endSignIn(call: { params: { id: string } }, options?: CallOptions): Promise<SignInSummary> {
    return this.#caller.call("endSignIn", call, options);
  }

  /** List what was asked of a second person, newest first. Needs the role viewer. `GET /v1/approvals` */
  listApprovals(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Approval[]; next: string | null }> {
    return this.#caller.call("listApprovals", call, options);
  }

  /** Approve what somebody else asked for, who can then do it once. Needs the role administrator. `POST /v1/approvals/{id}/approve` */
  approve(call: { params: { id: string } }, options?: CallOptions): Promise<Approval> {
    return this.#caller.call("approve", call, options);
  }

  /** Refuse what was asked of a second person. Needs the role administrator. `POST /v1/approvals/{id}/refuse` */
  refuseApproval(call: { params: { id: string } }, options?: CallOptions): Promise<Approval> {
    return this.#caller.call("refuseApproval", call, options);
  }

  /** Create a token, to enrol once or to use the API. Needs the role administrator. `POST /v1/tokens` */
  createToken(call: { body: { role: TokenRole; ttlSeconds?: number | null; note?: string; machine?: string; scope?: ScopeOrder | null } }, options?: CallOptions): Promise<TokenCreated> {
    return this.#caller.call("createToken", call, options);
  }

  /** List tokens, never their secrets. Needs the role administrator. `GET /v1/tokens` */
  listTokens(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Token[]; next: string | null }> {
    return this.#caller.call("listTokens", call, options);
  }

  /** Revoke a token, and the certificate of whoever enrolled with it. Needs the role administrator. `DELETE /v1/tokens/{id}` */
  revokeToken(call: { params: { id: string } }, options?: CallOptions): Promise<Token> {
    return this.#caller.call("revokeToken", call, options);
  }

  /** Enrol a machine or server with a one-time token. Needs no token. `POST /v1/enrol` */
  enrol(call: { body: { secret: string; csrPem: string; name?: string } }, options?: CallOptions): Promise<Enrolled> {
    return this.#caller.call("enrol", call, options);
  }

  /** Renew the certificate of a machine or server that proves its key, also when it has ended. Needs no token. `POST /v1/renew` */
  renew(call: { body: { id: string; csrPem: string } }, options?: CallOptions): Promise<Enrolled> {
    return this.#caller.call("renew", call, options);
  }

  /** The certificates of the authorities that are trusted. Needs no token. `GET /v1/authorities` */
  showAuthorities(call: object = {}, options?: CallOptions): Promise<Authorities> {
    return this.#caller.call("showAuthorities", call, options);
  }

  /** Show where a change of authority stands. Needs the role viewer. `GET /v1/authorities/rotation` */
  showRotation(call: object = {}, options?: CallOptions): Promise<Rotation> {
    return this.#caller.call("showRotation", call, options);
  }

  /** Bring in another authority, or go on without who was not reached. Needs the role administrator. `POST /v1/authorities/rotation` */
  rotateAuthority(call: { body: { force: boolean } }, options?: CallOptions): Promise<Rotation> {
    return this.#caller.call("rotateAuthority", call, options);
  }

  /** End the old authority now. Needs the role administrator. `POST /v1/authorities/rotation/retire` */
  retireAuthority(call: { body: { force: boolean } }, options?: CallOptions): Promise<Rotation> {
    return this.#caller.call("retireAuthority", call, options);
  }

  /** Read the private half of the recovery key; erase it once it is safe elsewhere. Needs the role administrator. `POST /v1/recovery-key/export` */
  exportRecoveryKey(call: object = {}, options?: CallOptions): Promise<RecoveryKey> {
    return this.#caller.call("exportRecoveryKey", call, options);
  }

  /** Erase the private half of the recovery key, proving by its digest that it was kept. Needs the role administrator. `POST /v1/recovery-key/erase` */
  eraseRecoveryKey(call: { body: { sha256: string } }, options?: CallOptions): Promise<RecoveryKeyErased> {
    return this.#caller.call("eraseRecoveryKey", call, options);
  }

  /** A consistent copy of the config server, without the recovery key. Needs the role administrator. `POST /v1/backup` */
  backup(take: (bytes: AsyncIterable<Uint8Array>) => Promise<void>, options?: CallOptions): Promise<void> {
    return this.#caller.stream("backup", take, options);
  }

  /** Leave: a machine or server removes itself, known by its certificate. Needs a member's certificate. `POST /v1/unregister` */
  unregister(call: object = {}, options?: CallOptions): Promise<object> {
    return this.#caller.call("unregister", call, options);
  }

  /** Show what holds for the whole installation. Needs the role viewer. `GET /v1/installation` */
  showInstallation(call: object = {}, options?: CallOptions): Promise<Installation> {
    return this.#caller.call("showInstallation", call, options);
  }

  /** Change what holds for the whole installation. Needs the role administrator. `PUT /v1/installation` */
  setInstallation(call: { body: InstallationChange }, options?: CallOptions): Promise<Installation> {
    return this.#caller.call("setInstallation", call, options);
  }

  /** Whether the server answers. Needs no token. `GET /v1/health/live` */
  live(call: object = {}, options?: CallOptions): Promise<Health> {
    return this.#caller.call("live", call, options);
  }

  /** This API as OpenAPI 3.1. Needs no token. `GET /v1/openapi.json` */
  openapi(call: object = {}, options?: CallOptions): Promise<object> {
    return this.#caller.call("openapi", call, options);
  }

  /** List what was sampled of a machine's disks: RPO, churn, log, journal. Needs the role viewer. `GET /v1/machines/{machine}/samples` */
  listSamples(call: { params: { machine: string }; query?: { from?: string; to?: string; step?: number; limit?: number; after?: string } }, options?: CallOptions): Promise<MachineSamples> {
    return this.#caller.call("listSamples", call, options);
  }

  /** List what was sampled of all machines: the worst RPO and the churn of each. Needs the role viewer. `GET /v1/samples` */
  installationSamples(call: { query?: { from?: string; to?: string; step?: number } } = {}, options?: CallOptions): Promise<InstallationSamples> {
    return this.#caller.call("installationSamples", call, options);
  }

  /** Show how well each stretch of time can be recovered. Needs the role viewer. `GET /v1/machines/{machine}/timeline` */
  timeline(call: { params: { machine: string }; query?: { from?: string; to?: string } }, options?: CallOptions): Promise<Timeline> {
    return this.#caller.call("timeline", call, options);
  }

  /** List each disk's way stage by stage, and which stage the others wait for. Needs the role viewer. `GET /v1/stages` */
  listStages(call: { query?: { machine?: string; limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: DiskStages[]; next: string | null }> {
    return this.#caller.call("listStages", call, options);
  }

  /** List who is connected to whom, and what goes there. Needs the role viewer. `GET /v1/links` */
  listLinks(call: { query?: { limit?: number; after?: string } } = {}, options?: CallOptions): Promise<{ items: Link[]; next: string | null }> {
    return this.#caller.call("listLinks", call, options);
  }

  /** Compute what the installation needs from what was observed of it, or what it would need. Needs the role viewer. `GET /v1/planner` */
  planProtection(call: { query?: { days?: number; retentionDays?: number; growth?: number; machines?: number; churnFactor?: number; outageHours?: number; bandwidth?: number } } = {}, options?: CallOptions): Promise<ProtectionPlan> {
    return this.#caller.call("planProtection", call, options);
  }

  /** Show when each daemon did what with a recovery point. Needs the role viewer. `GET /v1/machines/{machine}/points/{point}/way` */
  pointWay(call: { params: { machine: string; point: string } }, options?: CallOptions): Promise<PointWay> {
    return this.#caller.call("pointWay", call, options);
  }
}
