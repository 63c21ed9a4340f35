export { type Credentials, credentialsBytes, credentialsOf, type Login } from "./credentials.ts";
export type { Reach } from "./machine/probe.ts";
export type { AgentPackage, AgentPackages } from "./packages/agent-packages.ts";
export { folderPackages } from "./packages/folder-packages.ts";
export { credentialsInvalid } from "./push-faults.ts";
export type { HostAndPort, PushKind, PushOrder, PushReport, PushStep } from "./push-order.ts";
export { type PushMeans, pushAgent } from "./push-work.ts";
export { isFingerprint } from "./shell/host-key.ts";
export type { ShellTarget } from "./shell/secure-shell.ts";
