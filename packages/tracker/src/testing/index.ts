export { changeTrackerSuite, SUITE_SIZE_BYTES, type TrackerRig } from "./change-tracker-suite.ts";
export { type LoopDisk, loopDisk, run, withoutFileSystems } from "./loop-disk.ts";
export { type MemoryTracker, type MemoryTrackerOptions, memoryTracker } from "./memory-tracker.ts";
