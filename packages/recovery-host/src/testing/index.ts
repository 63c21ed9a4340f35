export { BOOT_DISK_BYTES, bootDisk, emptyDisk, ORDER_AT, WRITTEN_AT } from "./boot-disk.ts";
export { eventually } from "./eventually.ts";
export { consoleShows, HostRig, type HostRigOptions, order } from "./node-host-rig.ts";
export { groupsOf, processesOf } from "./node-left-behind.ts";
export { PrivateLibvirt } from "./node-private-libvirt.ts";
export { ServedDisk } from "./node-served-disk.ts";
export { recoveryHostSuite, type SuiteOptions } from "./recovery-host-suite.ts";
