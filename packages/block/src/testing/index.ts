export { blockDeviceSuite, type DeviceRequest } from "./block-device-suite.ts";
export { CrashableDevice } from "./crashable-device.ts";
export { delayedDevice } from "./delayed-device.ts";
export { type FaultPlan, type FaultyDevice, faultyDevice } from "./faulty-device.ts";
export { type RecordedCall, type RecordingDevice, recordingDevice } from "./recording-device.ts";
export { type WrappedCall, wrappedDevice } from "./wrapped-device.ts";
