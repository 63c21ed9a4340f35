export type { GapReason } from "./history/branch.ts";
export type { HistoryInterval, HistoryKind } from "./history/interval.ts";
export type { Found } from "./intake/orphans.ts";
export type { Accepted, StagedSegment } from "./intake/staged-segment.ts";
export { Journal, type JournalOptions, type OpenOptions } from "./journal.ts";
export { type JournalMemory, journalMemory } from "./journal-memory.ts";
export type { JournalStatus } from "./journal-status.ts";
export { DEFAULT_LIMITS, type JournalLimits } from "./limits.ts";
export { MachineJournal } from "./machine/machine-journal.ts";
export { type MachinePoint, machinePoints, type PointHolder } from "./machine/machine-point.ts";
export type { ManifestAnchor } from "./manifest/manifest.ts";
export type { JournalIdentity } from "./manifest/manifest-writer.ts";
export { OfflineJournal } from "./offline/offline-journal.ts";
export { type OverlayDevice, type OverlayOptions, type OverlayOrigin, openOverlay } from "./overlay/overlay-device.ts";
export type { LockEnd, PinReason, ShownPin } from "./points/pins.ts";
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
export type { RetentionPolicy } from "./retention/drop-plan.ts";
export type { HistoryForecast } from "./retention/forecast.ts";
export type { HeldExcess, HistoryOutlook } from "./retention/outlook.ts";
export type { RetentionOptions, RetentionReport } from "./retention/retention.ts";
export type { MergeProgress, MergeReport } from "./retention/segment-merger.ts";
export type { ThinningTier } from "./retention/thin-plan.ts";
export {
  IMAGE_FORMATS,
  type ImageFormat,
  imageFormatOf,
  requireRaw,
  type ToolFormat,
} from "./save/image-format.ts";
export { imageSink } from "./save/image-sink.ts";
export { type SavedImage, type SaveProgress, saveDevice, savedTotal } from "./save/save-device.ts";
export { blockFileSink, deviceSink, fileSink, type SaveSink } from "./save/save-sink.ts";
export type { DamageFound, ScrubReport } from "./scrub/scrub.ts";
export { type LoadedSeed, type LoadSeedOptions, loadSeed } from "./seed/seed-load.ts";
export { type SavedSeed, type SaveSeedOptions, type SeedOrder, saveSeed } from "./seed/seed-save.ts";
export { isJournalAway } from "./stored/claim.ts";
export { StoredFiles, type StoredFilesOptions } from "./stored/stored-files.ts";
export type { LaterChanges } from "./view/later-changes.ts";
export type { PointDevice } from "./view/point-device.ts";
