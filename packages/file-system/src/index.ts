export type { Entry, EntryKind, FileTree, Node, Piece } from "./file-tree.ts";
export { type LogicalVolume, logicalVolumes, type VolumePart } from "./logical-volumes/logical-volumes.ts";
export { isReadable, openTree } from "./open-tree.ts";
export type { Partition } from "./partitions/partition.ts";
export { partitionsOf } from "./partitions/partition-list.ts";
export { type Content, recognised } from "./recognition.ts";
export { Volume } from "./volume.ts";
