export { bootTraceArguments, bootTraceAsked, isBootTraceArgument } from "./boot/boot-line.ts";
export { type ContentSample, differingPages, takeSamples } from "./boot/content-samples.ts";
export { type BootChanges, BootTrace, type BootTraceState, bootTraceState } from "./boot/node-boot-trace.ts";
export { deviceIdentity } from "./boot/node-device-identity.ts";
export { type LastLook, lookAtLeftDisk } from "./boot/node-last-look.ts";
export { type ChangeTracker, type ChangeTrackerOptions, REGION_BYTES } from "./change-tracker.ts";
export { extentsOfFiles } from "./freeze/node-file-extents.ts";
export { nodeFreezer } from "./freeze/node-freezer.ts";
export {
  type DeviceUse,
  type Freezer,
  type FrozenFileSystems,
  type MountedFileSystem,
  WATCHDOG_GRACE_MS,
} from "./freezer.ts";
export { forgetTracking } from "./kernel/node-forget-tracking.ts";
export { openChangeTracker } from "./kernel/node-open-change-tracker.ts";
export { DISPROVED } from "./kernel/tracking-faults.ts";
