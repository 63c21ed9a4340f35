import type { ApiClient } from "@leeward/api";
import { MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";

const READ_MS_MAX = 300_000;

/** All that a disk held at a recovery point: it is opened, read as a whole, and closed. */
export async function pointContent(
  client: ApiClient,
  { point, ...params }: { readonly machine: string; readonly disk: string; readonly point: string },
): Promise<Buffer> {
  const opened = await client.call("openPoint", { params, body: { at: point } });
  try {
    const { address } = parseNbdUri(opened.nbdUri);
    const limit = AbortSignal.timeout(READ_MS_MAX);
    await using device = await connectNbd(address, { exportName: "", clock: nodeClock }, limit);
    const bytes = Buffer.alloc(device.sizeBytes);
    for (let at = 0; at < bytes.length; at += MiB) await device.read(at, bytes.subarray(at, at + MiB));
    return bytes;
  } finally {
    await client.call("closePoint", { params: { id: opened.id } });
  }
}
