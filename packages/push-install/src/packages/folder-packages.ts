// A release as `npm run release` makes it, in one folder: only what its SHA256SUMS names is there, and only under that sum.
import { createHash } from "node:crypto";
import { releaseFileOf } from "@leeward/base";
import { type Files, readFile } from "@leeward/world";
import { PIECE_BYTES, SUMS_BYTES_MAX } from "../limits.ts";
import { packageDamaged } from "../push-faults.ts";
import type { AgentPackage, AgentPackages } from "./agent-packages.ts";

export function folderPackages(files: Files, folder: string): AgentPackages {
  return {
    list: () => listed(files, folder),
    open: (wanted) => pieces(files, `${folder}/${wanted.file}`, wanted),
  };
}

async function listed(files: Files, folder: string): Promise<AgentPackage[]> {
  const sums = `${folder}/SHA256SUMS`;
  if ((await files.status(sums)) === undefined) return [];
  const text = new TextDecoder().decode(await readFile(files, sums, SUMS_BYTES_MAX));
  const found: AgentPackage[] = [];
  for (const line of text.split("\n")) {
    const [, sha256, file] = /^([0-9a-f]{64}) [ *]([^/]+)$/.exec(line.trim()) ?? [];
    if (sha256 === undefined || file === undefined) continue;
    const named = releaseFileOf(file);
    const status = await files.status(`${folder}/${file}`);
    if (named === undefined || status?.kind !== "file") continue;
    found.push({ ...named, platform: "linux-x64", file, sha256, sizeBytes: status.sizeBytes });
  }
  return found;
}

/** The last piece is held back until the sum was looked at: what is damaged never arrives whole. */
async function* pieces(
  files: Files,
  path: string,
  { file, sha256, sizeBytes }: AgentPackage,
): AsyncIterable<Uint8Array> {
  await using handle = await files.open(path, "read");
  const hash = createHash("sha256");
  let held: Uint8Array | undefined;
  for (let at = 0; at < sizeBytes; ) {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, sizeBytes - at));
    const got = await handle.read(piece, at);
    if (got === 0) throw packageDamaged(file, "is shorter than it was");
    at += got;
    hash.update(piece.subarray(0, got));
    if (held !== undefined) yield held;
    held = piece.subarray(0, got);
  }
  if (hash.digest("hex") !== sha256) throw packageDamaged(file, "is not what SHA256SUMS says");
  if (held !== undefined) yield held;
}
