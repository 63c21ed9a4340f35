export { AssertionFailure, assert, unreachable } from "./assert.ts";
export { NUMBER_MAX, readUint64, viewOf, writeUint64 } from "./byte-view.ts";
export { Fault, type FaultDetail, type FaultKind, type FaultOptions, isFault } from "./fault.ts";
export { Mutex } from "./mutex.ts";
export { type Random, randomId, seededRandom } from "./random.ts";
export { reconnectDelayMs, retryDelayMs } from "./retry-schedule.ts";
export { formatTime, parseTime } from "./time.ts";
export { ceilTo, floorTo, formatBytes, GiB, KiB, MICROS_PER_MS, MICROS_PER_SECOND, MiB, TiB } from "./units.ts";
export { orAborted, Waiters } from "./wait.ts";
