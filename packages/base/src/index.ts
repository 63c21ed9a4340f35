export { anySignal } from "./any-signal.ts";
export { AssertionFailure, assert, unreachable } from "./assert.ts";
export { ByteBudget } from "./byte-budget.ts";
export { NUMBER_MAX, readUint64, viewOf, writeUint64 } from "./byte-view.ts";
export { Fault, type FaultDetail, type FaultKind, type FaultOptions, isFault, remedyOnPage } from "./fault.ts";
export { classOf, EXIT_CODES, exitCodeOf, type FaultClass } from "./fault-class.ts";
export { KeptBytes } from "./kept-bytes.ts";
export { Mutex } from "./mutex.ts";
export { type Random, randomId, seededRandom } from "./random.ts";
export { compareVersions, type NamedRelease, releaseFileOf, releasesBehind } from "./release-file.ts";
export { reconnectDelayMs, retryDelayMs } from "./retry-schedule.ts";
export { formatTime, parseTime } from "./time.ts";
export {
  ceilTo,
  floorTo,
  formatBytes,
  formatDuration,
  GiB,
  KiB,
  MICROS_PER_MS,
  MICROS_PER_SECOND,
  MiB,
  TiB,
} from "./units.ts";
export { firstOf, orAborted, Waiters } from "./wait.ts";
