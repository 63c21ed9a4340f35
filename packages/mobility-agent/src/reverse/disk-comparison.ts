import { MiB } from "@leeward/base";
import { type BlockDevice, type Extent, ExtentSet } from "@leeward/block";
import { blockDigests, DIGEST_BLOCK_BYTES, DIGEST_BYTES, DIGEST_WINDOW_BYTES, isSameDigest } from "@leeward/proto";
import { alignedBytes } from "@leeward/world";
import type { ReplicaPeer } from "./replica-peer.ts";

/** What is read of the disk at once, bytes; whole blocks. */
const READ_BYTES = MiB;

/**
 * The blocks of the extent, which begins with one, of which the replica machine's disk has other digests. The next window's are asked for while one is
 * compared. @throws the device's faults, or the signal's reason
 */
export async function differingIn(
  { device, peer }: { readonly device: BlockDevice; readonly peer: ReplicaPeer },
  extent: Extent,
  signal: AbortSignal,
): Promise<ExtentSet> {
  const differing = new ExtentSet();
  const buffer = alignedBytes(READ_BYTES);
  const windows = windowsOf(extent);
  const ask = (window: Extent | undefined): Promise<Uint8Array> | undefined => {
    const asked = window && peer.digests(window, signal);
    // It is awaited in its turn; without this, a fault before that would count as nobody's.
    asked?.catch(() => undefined);
    return asked;
  };
  let next = ask(windows[0]);
  for (const [index, window] of windows.entries()) {
    const digests = await next;
    next = ask(windows[index + 1]);
    if (digests !== undefined) differing.addAll(await differingBlocks(device, { window, digests, buffer }));
  }
  return differing;
}

async function differingBlocks(
  device: BlockDevice,
  { window, digests, buffer }: { readonly window: Extent; readonly digests: Uint8Array; readonly buffer: Uint8Array },
): Promise<Extent[]> {
  const differing: Extent[] = [];
  for (let from = 0; from < window.length; from += buffer.length) {
    const bytes = buffer.subarray(0, Math.min(buffer.length, window.length - from));
    await device.read(window.offset + from, bytes);
    const own = blockDigests(bytes);
    for (let at = 0; at < bytes.length; at += DIGEST_BLOCK_BYTES) {
      const told = digests.subarray(((from + at) / DIGEST_BLOCK_BYTES) * DIGEST_BYTES);
      if (isSameDigest(own.subarray((at / DIGEST_BLOCK_BYTES) * DIGEST_BYTES), told, 0)) continue;
      const length = Math.min(DIGEST_BLOCK_BYTES, bytes.length - at);
      differing.push({ offset: window.offset + from + at, length });
    }
  }
  return differing;
}

function windowsOf({ offset, length }: Extent): Extent[] {
  const end = offset + length;
  const windows: Extent[] = [];
  for (let at = offset; at < end; at += DIGEST_WINDOW_BYTES) {
    windows.push({ offset: at, length: Math.min(DIGEST_WINDOW_BYTES, end - at) });
  }
  return windows;
}
