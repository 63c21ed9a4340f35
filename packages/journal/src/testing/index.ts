export { HistoryMaker, type MadePoint, type MadeSegment } from "./history-maker.ts";
export { type SegmentContent, stageSegment } from "./staged-content.ts";
