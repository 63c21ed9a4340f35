import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { isWindows } from "@leeward/world";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
const SYSTEM_TIME_OF_DAY_INFORMATION = 3;
/** SYSTEM_TIMEOFDAY_INFORMATION: the time of the start is its first field, and how far setting the clock has moved that the sixth. */
const TIME_OF_DAY_BYTES = 48;
const BOOT_TIME_BIAS_AT = 32;

/** An id of this boot, 32 hexadecimal digits; empty on a system that has none. */
export const bootId: () => string = isWindows ? ofWindows(await windowsBootId()) : linuxBootId;

function ofWindows(id: string): () => string {
  return () => id;
}

function linuxBootId(): string {
  try {
    return readFileSync(BOOT_ID, "utf8").trim().replaceAll("-", "");
  } catch {
    // No Linux, or a hidden /proc: nothing can be said about boots.
    return "";
  }
}

/** Windows gives a boot no id, and knows to 100 ns when it was. Where it should come out another although it is not, what follows is the work of a boot, and no harm. */
async function windowsBootId(): Promise<string> {
  const { default: koffi } = await import("koffi");
  const ask: (what: number, bytes: Uint8Array, length: number, returned: null) => number = koffi
    .load("ntdll.dll")
    .func(
      "int32_t __stdcall NtQuerySystemInformation(int what, _Out_ uint8_t *bytes, uint32_t length, void *returned)",
    );
  const bytes = new Uint8Array(TIME_OF_DAY_BYTES);
  if (ask(SYSTEM_TIME_OF_DAY_INFORMATION, bytes, bytes.length, null) < 0) return "";
  const view = new DataView(bytes.buffer);
  const booted = view.getBigUint64(0, true) - view.getBigUint64(BOOT_TIME_BIAS_AT, true);
  return createHash("sha256").update(`windows boot ${booted}`).digest("hex").slice(0, 32);
}
