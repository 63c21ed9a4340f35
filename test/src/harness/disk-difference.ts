import { type FileHandle, open } from "node:fs/promises";
import { MiB } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import { alignedBytes } from "@leeward/world";

const PAGE_BYTES = 4_096;
/** So many differing pages are named. */
const PAGES_TOLD = 16;
/** So many bytes of the first one are shown, from where it differs. */
const BYTES_SHOWN = 32;

interface DifferingPage {
  readonly at: number;
  readonly device: Buffer;
  readonly image: Buffer;
}

/**
 * Where a device that nobody writes to and an image of the same size differ, with what is needed to find out why; undefined when they are equal. Past
 * the page cache, which may hold what is older than what a file system that was mounted wrote.
 */
export async function differenceOf(device: string, image: string): Promise<string | undefined> {
  const pages: DifferingPage[] = [];
  let count = 0;
  await using direct = await openFileDevice({ path: device, readOnly: true, io: "thread-pool", direct: true });
  await using other = await open(image, "r");
  const { size } = await other.stat();
  if (size !== direct.sizeBytes) return `the device has ${direct.sizeBytes} bytes, the image ${size}`;
  const window = Buffer.from(alignedBytes(MiB).buffer);
  for (let offset = 0; offset < size; offset += MiB) {
    const held = window.subarray(0, Math.min(MiB, size - offset));
    await direct.read(offset, held);
    const found = await readAt(other, { offset, length: held.length });
    if (held.equals(found)) continue;
    for (let page = 0; page < held.length; page += PAGE_BYTES) {
      const [a, b] = [held.subarray(page, page + PAGE_BYTES), found.subarray(page, page + PAGE_BYTES)];
      if (a.equals(b)) continue;
      count += 1;
      if (pages.length < PAGES_TOLD) pages.push({ at: offset + page, device: Buffer.from(a), image: b });
    }
  }
  const [first] = pages;
  if (first === undefined) return undefined;
  const places = pages.map((page) => `${page.at}+${bytesDiffering(page).join("-")}`).join(", ");
  return `${count} pages differ: ${places}; ${shown(first)}; ${await readAgain(device, first)}`;
}

/** The first and the last byte of a page that differ. */
function bytesDiffering({ device, image }: DifferingPage): readonly [number, number] {
  const differs = (byte: number, index: number): boolean => byte !== image[index];
  return [device.findIndex(differs), device.findLastIndex(differs)];
}

function shown(page: DifferingPage): string {
  const [from] = bytesDiffering(page);
  const hex = (bytes: Buffer): string => bytes.subarray(from, from + BYTES_SHOWN).toString("hex");
  return `there the device has ${hex(page.device)}, the image ${hex(page.image)}`;
}

/** Whether the device says something else when it is asked again, and what its page cache says. */
async function readAgain(device: string, page: DifferingPage): Promise<string> {
  const called = (bytes: Buffer): string => {
    if (bytes.equals(page.device)) return "as before";
    return bytes.equals(page.image) ? "as the image" : "something else";
  };
  await using direct = await openFileDevice({ path: device, readOnly: true, io: "thread-pool", direct: true });
  const again = Buffer.alloc(page.device.length);
  await direct.read(page.at, again);
  await using cached = await open(device, "r");
  const buffered = await readAt(cached, { offset: page.at, length: page.device.length });
  return `read again it has ${called(again)}, through the page cache ${called(buffered)}`;
}

async function readAt(
  file: FileHandle,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw new Error(`it ends at ${offset + done}`);
    done += bytesRead;
  }
  return bytes;
}
