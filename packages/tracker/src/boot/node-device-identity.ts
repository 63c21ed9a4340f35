import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deviceFacts } from "../kernel/node-device-facts.ts";

/** Below /sys/block/DISK: what a disk itself says that it is, best first. It is the same wherever the disk is attached. */
const NAMES = ["wwid", "device/wwid", "device/vpd_pg83", "serial", "device/serial"];
const CHARACTERS_MAX = 512;

/**
 * What tells the device from any other, also after a boot that gave it another name and number: the disk's own name, and which part of it is meant.
 * undefined when the disk does not say (as a loop device, or a virtual disk without a serial number). @throws Fault `tracking-unsupported`
 */
export function deviceIdentity(path: string): string | undefined {
  const { disk, firstSector, sectors } = deviceFacts(path);
  for (const name of NAMES) {
    const file = join("/sys/block", disk, name);
    const said = existsSync(file) ? textOf(file) : "";
    if (said !== "") return `${name} ${said} ${firstSector}+${sectors}`;
  }
  return undefined;
}

/** A page of VPD data is binary, and some serial numbers have zeroes behind them. */
function textOf(file: string): string {
  const bytes = readFileSync(file);
  const text = bytes.toString("latin1").replace(/[\0\s]+$/, "");
  const isPlain = /^[ -~]*$/.test(text);
  return (isPlain ? text.trim() : bytes.toString("hex")).slice(0, CHARACTERS_MAX);
}
