export { type CheckOptions, type CheckResult } from "./checks/check.ts";
export { agentCheck, consoleCheck, LOGIN_PROMPT, type MachineCheckOptions } from "./checks/machine-checks.ts";
export { type HttpCheck, httpCheck, type TcpCheck, tcpCheck } from "./checks/node-network-checks.ts";
export { type ScriptCheck, scriptCheck } from "./checks/node-script-check.ts";
export type { DescribedDisk, ReplicaDescription } from "./described/replica-description.ts";
export type { GuestScript, GuestScriptEnd } from "./guest-script.ts";
export { macOf } from "./machine-identity.ts";
export { openRecoveryHost, type RecoveryHostOptions } from "./node-open-recovery-host.ts";
export type {
  EndWay,
  Grace,
  HostKind,
  LimitsBy,
  Recovered,
  RecoveryHost,
  ReplicaMachine,
  ReplicaState,
  StopWay,
} from "./recovery-host.ts";
export {
  checkedSpec,
  type DiskBus,
  type Firmware,
  type NicModel,
  type ReplicaDisk,
  type ReplicaLimits,
  type ReplicaNetwork,
  type ReplicaNic,
  type ReplicaSpec,
} from "./replica-spec.ts";
