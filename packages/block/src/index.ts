export type { Allocation, BlockDevice, WriteOptions } from "./block-device.ts";
export {
  type DeviceCall,
  type DeviceOperation,
  diskClosed,
  diskFull,
  diskReadFailed,
  diskReadOnly,
  diskWriteFailed,
} from "./device-fault.ts";
export { assertFits, fits } from "./device-range.ts";
export { type Extent, endOf, intersection, overlaps } from "./extent.ts";
export { ExtentMap, type MappedExtent } from "./extent-map.ts";
export { ExtentSet } from "./extent-set.ts";
export { type MemoryDeviceOptions, memoryDevice } from "./memory-device.ts";
export { type DiskIdentity, identityOf } from "./node-disk-facts.ts";
export { type FileDevice, type FileDeviceOptions, openFileDevice } from "./node-file-device.ts";
export { type WindowsCalls, windowsCalls } from "./node-windows-calls.ts";
export { type WindowsDrive, windowsDrives } from "./node-windows-drives.ts";
export { type Lock, RangeLock } from "./range-lock.ts";
export { SplicedDevice, type Stretch } from "./spliced-device.ts";
export { guidOf, isDevicePath } from "./windows-drive.ts";
