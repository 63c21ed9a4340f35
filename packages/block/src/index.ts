export type { Allocation, BlockDevice, WriteOptions } from "./block-device.ts";
export { type Extent, endOf, intersection, overlaps } from "./extent.ts";
