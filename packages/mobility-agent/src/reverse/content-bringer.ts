import { anySignal } from "@leeward/base";
import type { BlockDevice, Extent } from "@leeward/block";
import { contentRuns } from "@leeward/splitter";
import { REVERSE_READ_BYTES, REVERSE_READS_MAX } from "../limits.ts";
import type { ReplicaPeer } from "./replica-peer.ts";

/** Zeroes are told from data in steps of so many bytes. */
const ZERO_STEP_BYTES = 4_096;

/**
 * Brings extents from the replica machine's disk onto this one: several reads on their way at a time, each written when it has come, zeroes as zeroes.
 *
 * None of it is under way any more when it settles, however it ends: a late write would put older content over what a later round has brought. It is
 * durable after a flush. @throws the device's faults, or the signal's reason
 */
export async function bringContent(
  { peer, device }: { readonly peer: ReplicaPeer; readonly device: BlockDevice },
  extents: Iterable<Extent>,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const either = anySignal([signal, ended.signal]);
  const pieces = piecesOf(extents);
  const lane = async (): Promise<void> => {
    for (const piece of pieces) {
      either.throwIfAborted();
      await putContent(device, piece.offset, await peer.read(piece, either));
    }
  };
  const guarded = (): Promise<void> =>
    lane().catch((error: unknown) => {
      ended.abort(error);
      throw error;
    });
  const lanes = await Promise.allSettled(Array.from({ length: REVERSE_READS_MAX }, guarded));
  for (const each of lanes) if (each.status === "rejected") throw each.reason;
}

async function putContent(device: BlockDevice, offset: number, content: Uint8Array): Promise<void> {
  for (const { kind, from, length } of contentRuns(content, ZERO_STEP_BYTES)) {
    if (kind === "data") await device.write(offset + from, content.subarray(from, from + length), { fua: false });
    else await device.zero({ offset: offset + from, length }, { fua: false, mayDiscard: true });
  }
}

function* piecesOf(extents: Iterable<Extent>): Generator<Extent, void, undefined> {
  for (const { offset, length } of extents) {
    for (let done = 0; done < length; done += REVERSE_READ_BYTES) {
      yield { offset: offset + done, length: Math.min(REVERSE_READ_BYTES, length - done) };
    }
  }
}
