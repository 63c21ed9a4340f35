import { promises as fs } from "node:fs";
import { isFault } from "@leeward/base";
import { deviceIdentity } from "@leeward/tracker";
import { isWindows } from "@leeward/world";
import type { HostFacts } from "./host-facts.ts";
import { readWindowsHostFacts } from "./node-windows-host-facts.ts";

/** No disk of the machine: what is made of other devices, what is exchanged, and what is memory. */
const NO_DISK = /^(loop|ram|zram|nbd|sr|fd|dm-|md)/;
/** What emulators give every disk. */
const NOBODYS = /\bQM\d{5}\b/;
/** Boards without an id of their own say one of these. */
const NO_UUID = /^(0[0-]*|f[f-]*|03000200-0400-0500-0006-000700080009)$/;

/** What this host is. */
export const readHostFacts: () => Promise<HostFacts> = isWindows ? readWindowsHostFacts : readLinuxHostFacts;

async function readLinuxHostFacts(): Promise<HostFacts> {
  const machineId = await textOf("/etc/machine-id");
  const productUuid = (await textOf("/sys/class/dmi/id/product_uuid")).toLowerCase();
  return {
    machineId: /^[0-9a-f]{32}$/.test(machineId) ? machineId : null,
    productUuid: productUuid === "" || NO_UUID.test(productUuid) ? null : productUuid,
    disks: await identifiedDisks(),
  };
}

async function identifiedDisks(): Promise<string[]> {
  const names = (await fs.readdir("/sys/block").catch(() => [])).filter((name) => !NO_DISK.test(name));
  const found: string[] = [];
  for (const name of names.sort()) {
    if ((await textOf(`/sys/block/${name}/removable`)) === "1") continue;
    const identity = identityOf(`/dev/${name.replaceAll("!", "/")}`);
    if (identity !== undefined && !NOBODYS.test(identity)) found.push(identity);
  }
  return found;
}

function identityOf(path: string): string | undefined {
  try {
    return deviceIdentity(path);
  } catch (error) {
    // A device that went meanwhile, or is none that could be captured.
    if (isFault(error)) return undefined;
    throw error;
  }
}

async function textOf(path: string): Promise<string> {
  return (await fs.readFile(path, "utf8").catch(() => "")).trim();
}
