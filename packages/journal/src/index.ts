export { type HistoryInterval, type HistoryKind } from "./history/interval.ts";
export { DEFAULT_LIMITS, type JournalLimits } from "./limits.ts";
export type { ManifestAnchor } from "./manifest/manifest.ts";
export type {
  BranchPosition,
  Consistency,
  JournalPoint,
  PointAt,
  PointKind,
  PointMember,
  PointRecord,
  TimeRange,
} from "./recovery-point.ts";
export { type SavedImage, type SaveProgress, saveDevice } from "./save/save-device.ts";
export { blockFileSink, deviceSink, fileSink, type SaveSink } from "./save/save-sink.ts";
