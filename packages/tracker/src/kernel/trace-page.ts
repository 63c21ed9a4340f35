import { readUint64, viewOf } from "@leeward/base";

/*
 * A page of the kernel's trace buffer, as trace_pipe_raw gives it (events/header_page, events/header_event; kernel/trace/ring_buffer.c),
 * little-endian:
 *
 *    0 time (8)   8 length of the events in bits 0-19, bit 31: events are missing before this page (8)   16 events
 *   event   bits 0-4 kind or length in words, bits 5-31 time since the one before (4)
 *           kind 0: length with these four bytes (4), data   29: padding, with its length (4), or to the end when its time is 0
 *           30, 31: more of the time (4)   1-28: data of so many words
 */
const EVENTS_AT = 16;
const LENGTH_MASK = 0xfffff;
const MISSING = 0x80000000;
const PADDING = 29;
const WORD_BYTES = 4;

/** Where in the page each event's data begins; undefined when the page says that events are missing, or does not decode. */
export function tracedEvents(page: Uint8Array): readonly number[] | undefined {
  const view = viewOf(page);
  if (page.length < EVENTS_AT) return undefined;
  const packed = view.getUint32(8, true);
  const end = EVENTS_AT + (packed & LENGTH_MASK);
  if ((packed & MISSING) !== 0 || end > page.length) return undefined;
  const found: number[] = [];
  let at = EVENTS_AT;
  while (at + WORD_BYTES <= end) {
    const head = view.getUint32(at, true);
    const kind = head & 0x1f;
    at += WORD_BYTES;
    if (kind === PADDING && head >>> 5 === 0) return found;
    if (kind > PADDING) {
      at += WORD_BYTES;
      continue;
    }
    if (kind !== 0 && kind !== PADDING) {
      found.push(at);
      at += kind * WORD_BYTES;
      continue;
    }
    const length = at + WORD_BYTES <= end ? view.getUint32(at, true) : 0;
    if (length < WORD_BYTES) return undefined;
    if (kind === 0) found.push(at + WORD_BYTES);
    at += length;
  }
  return at === end ? found : undefined;
}

/** Where an event has its fields, from its `format` file. */
export interface TraceFormat {
  readonly id: number;
  readonly dev: number;
  readonly sector: number;
  readonly sectors: number;
  readonly flags: number;
  readonly flagsBytes: number;
}

/** undefined when the format lacks a field. */
export function traceFormat(text: string): TraceFormat | undefined {
  const id = /^ID: (\d+)$/m.exec(text)?.[1];
  const field = (name: string, bytes?: number): readonly [number, number] | undefined => {
    const found = new RegExp(`\\b${name}(?:\\[\\d+\\])?;\\s*offset:(\\d+);\\s*size:(\\d+)`).exec(text);
    const size = Number(found?.[2]);
    return found === null || (bytes !== undefined && size !== bytes) ? undefined : [Number(found[1]), size];
  };
  const [dev, sector, sectors, flags] = [field("dev", 4), field("sector", 8), field("nr_sector", 4), field("rwbs")];
  if (id === undefined || !dev || !sector || !sectors || !flags) return undefined;
  return { id: Number(id), dev: dev[0], sector: sector[0], sectors: sectors[0], flags: flags[0], flagsBytes: flags[1] };
}

/** One event on a block device. */
export interface TracedBlocks {
  readonly id: number;
  /** As the kernel packs it: major above 20 bits of minor. */
  readonly dev: number;
  /** undefined for a command that was passed through. */
  readonly sector: number | undefined;
  readonly sectors: number;
  /** What it does: the letter R, W, D, F, N or Z of `rwbs`, without what comes with it. */
  readonly operation: string;
}

/** The event whose data begins at `at`, when it is of one of these formats and lies within the page. */
export function tracedBlocks(page: Uint8Array, at: number, formats: readonly TraceFormat[]): TracedBlocks | undefined {
  const view = viewOf(page);
  const id = at + 2 <= page.length ? view.getUint16(at, true) : undefined;
  const format = formats.find((each) => each.id === id);
  if (id === undefined || format === undefined || at + format.flags + format.flagsBytes > page.length) return undefined;
  const flags = page.subarray(at + format.flags, at + format.flags + format.flagsBytes);
  return {
    id,
    dev: view.getUint32(at + format.dev, true),
    sector: readUint64(view, at + format.sector),
    sectors: view.getUint32(at + format.sectors, true),
    operation: operationOf(new TextDecoder().decode(flags)),
  };
}

/** A first F says that a flush comes before; it is the operation when no other letter follows it. */
function operationOf(flags: string): string {
  return /^F(?=[RWDNZ])/.test(flags) ? flags.charAt(1) : flags.charAt(0);
}
