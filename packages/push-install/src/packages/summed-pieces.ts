import { createHash } from "node:crypto";
import { packageDamaged } from "../push-faults.ts";
import type { AgentPackage } from "./agent-packages.ts";

/**
 * A package piece by piece, as `read` gives what is at an offset. The last piece is held back until the sum was looked at: what is damaged never arrives whole.
 * @throws Fault `push-package-damaged`
 */
export async function* summedPieces(
  { file, sha256, sizeBytes }: AgentPackage,
  read: (offset: number) => Promise<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const hash = createHash("sha256");
  let held: Uint8Array | undefined;
  for (let at = 0; at < sizeBytes; ) {
    const piece = await read(at);
    if (piece.length === 0) throw packageDamaged(file, "is shorter than it was");
    at += piece.length;
    hash.update(piece);
    if (held !== undefined) yield held;
    held = piece;
  }
  if (hash.digest("hex") !== sha256) throw packageDamaged(file, "is not what its sum says");
  if (held !== undefined) yield held;
}
