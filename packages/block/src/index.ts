export type { Allocation, BlockDevice, WriteOptions } from "./block-device.ts";
export { type Extent, endOf, intersection, overlaps } from "./extent.ts";
export { ExtentMap, type MappedExtent } from "./extent-map.ts";
export { ExtentSet } from "./extent-set.ts";
export { type Lock, RangeLock } from "./range-lock.ts";
