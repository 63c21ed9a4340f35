// A folder as a .zip (PKWARE's APPNOTE): what Windows opens without anything else. As with our other archives, the same content makes the same bytes.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import type { ArchiveOptions } from "./archives.ts";

const LOCAL_HEAD_BYTES = 30;
const CENTRAL_HEAD_BYTES = 46;
const END_BYTES = 22;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x800;
const DEFLATED = 8;

interface Entry {
  /** From the archive's root, with "/". */
  readonly name: Buffer;
  readonly crc: number;
  readonly bytes: number;
  readonly stored: Buffer;
  readonly at: number;
}

/** All files below `folder`, under its own name, sorted; no folders, no owners and no modes, which Windows does not ask for. */
export function makeZip(folder: string, file: string, { seconds, level }: ArchiveOptions): void {
  const parent = join(folder, "..");
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .map((path) => relative(parent, path))
    .sort();
  const time = dosTime(seconds);
  const parts: Buffer[] = [];
  const entries: Entry[] = [];
  let at = 0;
  for (const path of paths) {
    const content = readFileSync(join(parent, path));
    const stored = deflateRawSync(content, { level });
    const entry = { name: Buffer.from(path), crc: crc32(content), bytes: content.length, stored, at };
    const head = localHead(entry, time);
    parts.push(head, entry.name, stored);
    at += head.length + entry.name.length + stored.length;
    entries.push(entry);
  }
  const central = entries.flatMap((entry) => [centralHead(entry, time), entry.name]);
  const centralBytes = central.reduce((sum, part) => sum + part.length, 0);
  writeFileSync(file, Buffer.concat([...parts, ...central, end(entries.length, { at, bytes: centralBytes })]));
}

function localHead(entry: Entry, time: number): Buffer {
  const head = Buffer.alloc(LOCAL_HEAD_BYTES);
  head.writeUInt32LE(0x04034b50, 0);
  facts(head.subarray(4), entry, time);
  return head;
}

function centralHead(entry: Entry, time: number): Buffer {
  const head = Buffer.alloc(CENTRAL_HEAD_BYTES);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(VERSION, 4);
  facts(head.subarray(6), entry, time);
  head.writeUInt32LE(entry.at, 42);
  return head;
}

/** What both heads have in the same order. */
function facts(to: Buffer, { name, crc, bytes, stored }: Entry, time: number): void {
  to.writeUInt16LE(VERSION, 0);
  to.writeUInt16LE(FLAGS, 2);
  to.writeUInt16LE(DEFLATED, 4);
  to.writeUInt32LE(time, 6);
  to.writeUInt32LE(crc, 10);
  to.writeUInt32LE(stored.length, 14);
  to.writeUInt32LE(bytes, 18);
  to.writeUInt16LE(name.length, 22);
}

function end(count: number, central: { readonly at: number; readonly bytes: number }): Buffer {
  const record = Buffer.alloc(END_BYTES);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(central.bytes, 12);
  record.writeUInt32LE(central.at, 16);
  return record;
}

/** As MS-DOS has it, in UTC: to two seconds, and from 1980 on. */
function dosTime(seconds: number): number {
  const date = new Date(Math.max(seconds, Date.UTC(1980, 0, 1) / 1_000) * 1_000);
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return ((day << 16) | time) >>> 0;
}
