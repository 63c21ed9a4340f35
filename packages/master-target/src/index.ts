export { MASTER_TARGET_SETTINGS } from "./config.ts";
export { type MasterTargetStart, start } from "./main.ts";
export { MasterTarget, type MasterTargetOptions } from "./master-target.ts";
export type { DiskListener, ServeDisk } from "./serve/opened-points.ts";
