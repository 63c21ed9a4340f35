export type { ComparedExtents, HeldDigests } from "./comparison.ts";
export type { HeldPiece } from "./found-content.ts";
export { Splitter, type SplitterPolicy } from "./splitter.ts";
export type { SplitterFacts } from "./splitter-facts.ts";
export { SPLITTER_LIMITS, type SplitterLimits } from "./splitter-limits.ts";
export type { MarkSource, SettledMark, SplitterIdentity, SplitterOptions } from "./splitter-options.ts";
export { type OpenSpan, type SplitterEvent, type SplitterState, transition } from "./splitter-state.ts";
export type { AskTarget } from "./target-survey.ts";
export type { WholeCopyOptions, WholeCopyReason } from "./whole-copy.ts";
