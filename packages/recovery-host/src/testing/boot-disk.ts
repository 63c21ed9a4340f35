/*
 * A disk whose first sector is a whole guest, for BIOS: it writes a greeting to the first serial port, and then, about fifteen times a second, reads the
 * first byte of the second sector and writes that:
 *
 *   any letter    is written                       `X`   the machine switches itself off
 *   `P`           it switches itself off when the power button was pressed     `B`   it keeps its processor busy, for good
 *   `!`           the disk could not be read
 *   `W`           the second sector is written to the third
 *
 * So a test steers the guest by the disk, and sees at the console that the disk is read. The registers for power are those of both of QEMU's machines
 * as SeaBIOS sets them up: of q35 at 0x600, of pc at 0xb000 (not used here).
 */

const SECTOR = 512;
const LOAD_AT = 0x7c00;
const TEXT_AT = 0x120;
/** Where the guest reads what to do, bytes. */
export const ORDER_AT = SECTOR;
/** Where the guest writes to, bytes. */
export const WRITTEN_AT = 2 * SECTOR;
export const BOOT_DISK_BYTES = 1 << 20;

type Part = readonly number[] | string | { readonly jump: number; readonly to: string } | { readonly call: string };

const PROGRAM: readonly Part[] = [
  // xor ax,ax; mov ds,ax; mov es,ax; mov ss,ax; mov sp,0x7c00; cld; push dx (the disk's number)
  [0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0xbc, 0x00, 0x7c, 0xfc, 0x52],
  // mov si,text
  [0xbe, (LOAD_AT + TEXT_AT) & 0xff, (LOAD_AT + TEXT_AT) >> 8],
  "greet",
  // lodsb; test al,al; jz
  [0xac, 0x84, 0xc0],
  { jump: 0x74, to: "greeted" },
  { call: "put" },
  { jump: 0xeb, to: "greet" },
  "greeted",
  // mov dx,0x602; mov ax,0x100; out dx,ax: the button is noted
  [0xba, 0x02, 0x06, 0xb8, 0x00, 0x01, 0xef],
  "again",
  // pop dx; push dx; mov ax,0x201; mov cx,2; mov dh,0; mov bx,0x7e00; int 0x13; mov al,'!'; jc
  [0x5a, 0x52, 0xb8, 0x01, 0x02, 0xb9, 0x02, 0x00, 0xb6, 0x00, 0xbb, 0x00, 0x7e, 0xcd, 0x13, 0xb0, 0x21],
  { jump: 0x72, to: "tell" },
  // mov al,[0x7e00]
  [0xa0, 0x00, 0x7e],
  "tell",
  { call: "put" },
  // cmp al,'X'; je
  [0x3c, 0x58],
  { jump: 0x74, to: "off" },
  // cmp al,'B'; je (itself)
  [0x3c, 0x42],
  "busy",
  { jump: 0x74, to: "busy" },
  // cmp al,'W'; jne; mov ax,0x301; mov cx,3; pop dx; push dx; mov dh,0; mov bx,0x7e00; int 0x13
  [0x3c, 0x57],
  { jump: 0x75, to: "written" },
  [0xb8, 0x01, 0x03, 0xb9, 0x03, 0x00, 0x5a, 0x52, 0xb6, 0x00, 0xbb, 0x00, 0x7e, 0xcd, 0x13],
  "written",
  // cmp al,'P'; jne
  [0x3c, 0x50],
  { jump: 0x75, to: "wait" },
  // mov dx,0x600; in ax,dx; test ah,1; jnz
  [0xba, 0x00, 0x06, 0xed, 0xf6, 0xc4, 0x01],
  { jump: 0x75, to: "off" },
  "wait",
  // mov ah,0x86; mov cx,1; xor dx,dx; int 0x15: 65 ms
  [0xb4, 0x86, 0xb9, 0x01, 0x00, 0x31, 0xd2, 0xcd, 0x15],
  { jump: 0xeb, to: "again" },
  "off",
  // mov dx,0x604; mov ax,0x2000; out dx,ax
  [0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef],
  "halt",
  // hlt
  [0xf4],
  { jump: 0xeb, to: "halt" },
  "put",
  // push dx; push ax; mov dx,0x3fd
  [0x52, 0x50, 0xba, 0xfd, 0x03],
  "full",
  // in al,dx; test al,0x20; jz
  [0xec, 0xa8, 0x20],
  { jump: 0x74, to: "full" },
  // pop ax; mov dx,0x3f8; out dx,al; pop dx; ret
  [0x58, 0xba, 0xf8, 0x03, 0xee, 0x5a, 0xc3],
];

/** The disk, with `order` to begin with. */
export function bootDisk(greeting: string, order = "."): Uint8Array {
  const disk = new Uint8Array(BOOT_DISK_BYTES);
  disk.set(assembled(PROGRAM), 0);
  disk.set(new TextEncoder().encode(`${greeting}\r\n\0`), TEXT_AT);
  disk.set([0x55, 0xaa], SECTOR - 2);
  disk.set(new TextEncoder().encode(order), ORDER_AT);
  return disk;
}

/** A disk that nothing boots from. */
export function emptyDisk(): Uint8Array {
  return new Uint8Array(BOOT_DISK_BYTES);
}

function assembled(parts: readonly Part[]): Uint8Array {
  const labels = new Map<string, number>();
  let at = 0;
  for (const part of parts) {
    if (typeof part === "string") labels.set(part, at);
    else at += "call" in part ? 3 : "jump" in part ? 2 : part.length;
  }
  const bytes: number[] = [];
  for (const part of parts) {
    if (typeof part === "string") continue;
    const next = bytes.length + ("call" in part ? 3 : 2);
    if ("call" in part) bytes.push(0xe8, ...low((labels.get(part.call) ?? 0) - next));
    else if ("jump" in part) bytes.push(part.jump, near((labels.get(part.to) ?? 0) - next));
    else bytes.push(...part);
  }
  if (bytes.length > TEXT_AT) throw new Error(`the guest has ${bytes.length} bytes`);
  return Uint8Array.from(bytes);
}

function low(distance: number): [number, number] {
  return [distance & 0xff, (distance >> 8) & 0xff];
}

function near(distance: number): number {
  if (distance < -128 || distance > 127) throw new Error(`a jump over ${distance} bytes is too far`);
  return distance & 0xff;
}
