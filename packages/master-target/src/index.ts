export { type MasterTargetStart, start } from "./main.ts";
export { MasterTarget, type MasterTargetOptions } from "./master-target.ts";
