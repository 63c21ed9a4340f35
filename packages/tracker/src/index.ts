export { type ChangeTracker, type ChangeTrackerOptions, REGION_BYTES } from "./change-tracker.ts";
export type { DeviceUse, Freezer, FrozenFileSystems, MountedFileSystem } from "./freezer.ts";
