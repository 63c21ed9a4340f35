// A release as `npm run release` makes it, in one folder: only what its SHA256SUMS names is there, and only under that sum.
import { releaseFileOf } from "@leeward/base";
import { type Files, readFile } from "@leeward/world";
import { PIECE_BYTES, SUMS_BYTES_MAX } from "../limits.ts";
import type { AgentPackage, AgentPackages } from "./agent-packages.ts";
import { summedPieces } from "./summed-pieces.ts";

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

async function* pieces(files: Files, path: string, wanted: AgentPackage): AsyncIterable<Uint8Array> {
  await using handle = await files.open(path, "read");
  yield* summedPieces(wanted, async (offset) => {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, wanted.sizeBytes - offset));
    return piece.subarray(0, await handle.read(piece, offset));
  });
}
