export { HistoryMaker, type MadePoint } from "./history-maker.ts";
export { type SegmentContent, stageSegment } from "./staged-content.ts";
