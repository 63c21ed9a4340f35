// Writes at random places of a disk through its NBD address, as its user would: node write-disk.ts URI. It is done when all of it is flushed.
import { randomBytes, randomInt } from "node:crypto";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";

const PIECE_BYTES = 8 * 1024;
/** Where the file system of the pages' disk keeps nothing. */
const FROM_PIECE = 3_584;
const PIECES = 512;

const { address, exportName } = parseNbdUri(process.argv[2] ?? "");
await using client = await connectNbd(address, { exportName, clock: nodeClock }, AbortSignal.timeout(60_000));
for (let count = 0; count < 8; count += 1)
  await client.write((FROM_PIECE + randomInt(PIECES)) * PIECE_BYTES, randomBytes(PIECE_BYTES), { fua: false });
await client.flush();
