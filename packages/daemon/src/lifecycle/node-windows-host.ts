// What Windows says of the machine that it runs on. Nothing of it is there on another system.
const HKEY_LOCAL_MACHINE = 0x8000_0002n;
const RRF_RT_REG_SZ = 2;
/** The 64-bit view, whichever process asks. */
const RRF_SUBKEY_WOW6464KEY = 0x1_0000;
const TEXT_BYTES_MAX = 1_024;
const SMBIOS = 0x5253_4d42;
const TABLE_BYTES_MAX = 1 << 20;
const FIRMWARE_UEFI = 2;

async function library(name: string) {
  const { default: koffi } = await import("koffi");
  return koffi.load(name);
}

/** A text of the registry below HKEY_LOCAL_MACHINE; empty where there is none. */
export async function registryText(key: string, name: string): Promise<string> {
  const get: (...args: readonly unknown[]) => number = (await library("advapi32.dll")).func(
    "int32_t __stdcall RegGetValueW(uintptr_t root, str16 key, str16 name, uint32_t flags, void *type, _Out_ uint8_t *data, _Inout_ uint32_t *bytes)",
  );
  const data = new Uint8Array(TEXT_BYTES_MAX);
  const bytes = [data.length];
  if (get(HKEY_LOCAL_MACHINE, key, name, RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, null, data, bytes) !== 0) return "";
  const text = Buffer.from(data.subarray(0, bytes[0])).toString("utf16le");
  return text.replace(/\0.*$/s, "");
}

/** The firmware's SMBIOS table with Windows' head before it (RawSMBIOSData); empty where there is none. */
export async function smbiosTable(): Promise<Uint8Array> {
  const get: (provider: number, table: number, bytes: Uint8Array, length: number) => number = (
    await library("kernel32.dll")
  ).func(
    "uint32_t __stdcall GetSystemFirmwareTable(uint32_t provider, uint32_t table, _Out_ uint8_t *bytes, uint32_t length)",
  );
  const bytes = new Uint8Array(TABLE_BYTES_MAX);
  const length = get(SMBIOS, 0, bytes, bytes.length);
  return length > bytes.length ? new Uint8Array() : bytes.slice(0, length);
}

/** Whether the machine was started by UEFI; null where Windows is too old to be asked, and in Wine. */
export async function isUefi(): Promise<boolean | null> {
  const kernel = await library("kernel32.dll");
  let get: (kind: number[]) => number;
  try {
    get = kernel.func("int __stdcall GetFirmwareType(_Out_ uint32_t *kind)");
  } catch {
    return null;
  }
  const kind = [0];
  return get(kind) === 0 ? null : kind[0] === FIRMWARE_UEFI;
}
