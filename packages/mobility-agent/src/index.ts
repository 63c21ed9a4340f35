export { AGENT_SETTINGS } from "./config.ts";
export type { FrameSource } from "./delivery/disk-feed.ts";
export type { SourceDisk } from "./disk/disk-history.ts";
export type { DiskFacts, DiskHost, DiskSettings } from "./disk/disk-host.ts";
export { ServedDisk, type ServedDiskOptions } from "./disk/served-disk.ts";
export type { Quiesce } from "./hooks/quiesce.ts";
export type { Inventory } from "./inventory/inventory.ts";
export { start } from "./main.ts";
export { MobilityAgent, type MobilityAgentOptions } from "./mobility-agent.ts";
