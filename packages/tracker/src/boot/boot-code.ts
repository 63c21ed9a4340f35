import { viewOf } from "@leeward/base";

/*
 * A boot loader writes to the disk that it lies on before any kernel runs (GRUB its environment block, systemd-boot its counters and seed, firmware what
 * it likes on the EFI system partition): no trace tells of it. Whether a disk may hold one shows in its first sectors:
 *
 *      0 boot code, up to 440   446 four partitions of 16 bytes: flags, at 4 kind   510 55 AA                                        MBR
 *   block 1: "EFI PART"   72 first block of the table (8)   80 entries (4)   84 bytes of each (4); an entry begins with its kind (16)   GPT
 */
const BOOT_CODE_END = 440;
const TABLE_AT = 446;
const ENTRY_BYTES = 16;
const SIGNATURE_AT = 510;
const EFI_SYSTEM_MBR = 0xef;
const GPT_MBR = 0xee;
const GPT_ENTRY_BYTES_MIN = 128;
/** EFI system partition, BIOS boot partition, extended boot loader partition, PowerPC PReP. */
const BOOT_KINDS = [
  "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
  "21686148-6449-6E6F-744E-656564454649",
  "BC13C2FF-59E6-4262-A352-B275FD6F7172",
  "9E1A2D38-C612-4316-AA26-8B49521E5A8B",
].map(asStored);

/** So much of the disk's beginning is looked at, bytes: the table of partitions lies in it. */
export const DISK_HEAD_BYTES = 128 * 1_024;

/** Whether a machine may be started from the disk that begins so. What does not decode may be anything. */
export function mayHoldBootLoader(head: Uint8Array, blockBytes: number): boolean {
  if (head[SIGNATURE_AT] !== 0x55 || head[SIGNATURE_AT + 1] !== 0xaa) return false;
  if (head.subarray(0, BOOT_CODE_END).some((byte) => byte !== 0)) return true;
  const entries = Array.from({ length: 4 }, (_, index) => {
    const at = TABLE_AT + index * ENTRY_BYTES;
    return { flags: head[at] ?? 0, kind: head[at + 4] ?? 0 };
  });
  if (entries.some(({ flags, kind }) => (flags & 0x80) !== 0 || kind === EFI_SYSTEM_MBR)) return true;
  return entries.some(({ kind }) => kind === GPT_MBR) && gptMayBoot(head, blockBytes);
}

function gptMayBoot(head: Uint8Array, blockBytes: number): boolean {
  const view = viewOf(head);
  if (new TextDecoder("latin1").decode(head.subarray(blockBytes, blockBytes + 8)) !== "EFI PART") return true;
  const first = view.getUint32(blockBytes + 72, true) * blockBytes;
  const count = view.getUint32(blockBytes + 80, true);
  const bytes = view.getUint32(blockBytes + 84, true);
  if (bytes < GPT_ENTRY_BYTES_MIN || first + count * bytes > head.length) return true;
  const kinds = Array.from({ length: count }, (_, index) =>
    hexOf(head.subarray(first + index * bytes).subarray(0, 16)),
  );
  return kinds.some((kind) => BOOT_KINDS.includes(kind));
}

/** The first three numbers of a GUID are stored with their lowest byte first. */
function asStored(guid: string): string {
  const [one = "", two = "", three = "", ...rest] = guid.toLowerCase().split("-");
  return [...[one, two, three].map(reversed), ...rest].join("");
}

function reversed(hex: string): string {
  return hexOf(Buffer.from(hex, "hex").reverse());
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
