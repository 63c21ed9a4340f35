import { windowsDrives } from "@leeward/block";
import { registryText, smbiosTable } from "@leeward/daemon";
import type { HostFacts } from "./host-facts.ts";
import { productUuid } from "./smbios.ts";

/** Boards without an id of their own say one of these. */
const NO_UUID = /^[0-]*$|^[f-]*$|^03000200-0400-0500-0006-000700080009$/;

/** What this Windows host is. Its drives are known by their serial numbers. */
export async function readWindowsHostFacts(): Promise<HostFacts> {
  const machineGuid = await registryText("SOFTWARE\\Microsoft\\Cryptography", "MachineGuid");
  const machineId = machineGuid.replaceAll("-", "").toLowerCase();
  const uuid = productUuid(await smbiosTable());
  const drives = (await windowsDrives()).filter(({ isRemovable, serial }) => !isRemovable && serial !== "");
  return {
    machineId: /^[0-9a-f]{32}$/.test(machineId) ? machineId : null,
    productUuid: NO_UUID.test(uuid) ? null : uuid,
    disks: drives.map(({ product, serial }) => `${product} ${serial}`.trim()),
  };
}
