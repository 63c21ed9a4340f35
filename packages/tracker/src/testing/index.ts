export { changeTrackerSuite, SUITE_SIZE_BYTES, type TrackerRig } from "./change-tracker-suite.ts";
export { type MemoryTracker, type MemoryTrackerOptions, memoryTracker } from "./memory-tracker.ts";
