export { type MortalDevice, mortalDevice } from "./mortal-device.ts";
export { contentOf, firstDifference, readLog, replay } from "./replay.ts";
export { type LifeOptions, SplitterLife } from "./splitter-life.ts";
export { RIG_FOLDER, RIG_LIMITS, type RigOptions, SplitterRig } from "./splitter-rig.ts";
export { TestMarks } from "./test-marks.ts";
export { TestTarget } from "./test-target.ts";
export { untilSendable } from "./until-sendable.ts";
export { type SettledPoint, Workload, type WorkloadOptions } from "./workload.ts";
