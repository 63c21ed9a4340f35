/**
 * The files of a seed become the beginning of a disk's history: a branch whose span never ends, so that no recovery point can stand on it. The branch that the
 * source goes on with begins at its end, and its own copy brings what differs.
 *
 * Invariant: only what the source saved for this disk is taken in, file after file in its order; a file that is not that is named, and nothing of it is
 * taken in. Worst outcome if broken: see seed-manifest.ts.
 *
 * Order: manifest under its code → all files there, and no others → each copied to the journal's staging folder while it is hashed → the journal's own
 * (intake.ts). A crash leaves the branch at the end of a file: from there it is gone on with.
 */
import { createHash } from "node:crypto";
import { isFault, MiB } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import { type FileHandle, type Files, LARGE_IO_BYTES } from "@leeward/world";
import type { Journal } from "../journal.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { seedFileRefused, seedIncomplete, seedOther, seedUnwanted } from "./seed-faults.ts";
import { parseSeedFileName, type SeedFileName } from "./seed-file-name.ts";
import { requireSeedManifest, type SeedManifest } from "./seed-manifest.ts";

const COPY_BYTES = 4 * MiB;

export interface LoadSeedOptions {
  readonly journal: Journal;
  /** Of the journal's folder. */
  readonly files: Files;
  /** Of the medium. */
  readonly medium: Files;
  readonly folder: string;
  readonly key: DataKey;
  /** The seed that is waited for. */
  readonly branch: string;
  readonly onProgress?: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
}

export interface LoadedSeed extends BranchPosition {
  readonly diskBytes: number;
}

interface SeedFile extends SeedFileName {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Loads the seed, or goes on with it; what is held is left as it is.
 * @throws Fault `seed-missing`, `seed-damaged`, `seed-other`, `seed-incomplete`, `seed-unwanted`, `seed-file-refused`, `journal-full`, what the files throw, and
 *   the signal's reason
 */
export async function loadSeed(options: LoadSeedOptions, signal: AbortSignal): Promise<LoadedSeed> {
  const { journal, medium, folder, branch, onProgress } = options;
  const manifest = await requireSeedManifest(medium, folder, options.key);
  refuseOther(options, manifest);
  refuseUnwanted(options);
  const seed = await filesOf(options, manifest);
  const totalBytes = seed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  for (const file of seed) {
    signal.throwIfAborted();
    if (file.to > (journal.position(branch) ?? 0)) await take(options, file, signal);
    doneBytes += file.sizeBytes;
    onProgress?.({ doneBytes, totalBytes });
  }
  return { branch, sequence: seed.at(-1)?.to ?? 0, diskBytes: manifest.diskBytes };
}

function refuseOther({ journal, folder, branch, key }: LoadSeedOptions, manifest: SeedManifest): void {
  if (manifest.machineId !== journal.machineId || manifest.diskId !== journal.diskId)
    throw seedOther(folder, "another disk's");
  if (manifest.branch !== branch || manifest.keyId !== key.keyId)
    throw seedOther(folder, "of an earlier protection of the disk");
}

/** @throws Fault `seed-incomplete`, `seed-file-refused` */
async function filesOf({ medium, folder }: LoadSeedOptions, manifest: SeedManifest): Promise<SeedFile[]> {
  if (manifest.files === null) throw seedIncomplete(folder);
  const listed = new Set(manifest.files);
  const names = await medium.list(folder);
  const foreign = names.find((name) => parseSeedFileName(name) !== undefined && !listed.has(name));
  if (foreign !== undefined) throw seedFileRefused(`${folder}/${foreign}`, "it is not one of this seed");
  const found: SeedFile[] = [];
  for (const name of manifest.files) {
    const path = `${folder}/${name}`;
    const status = await medium.status(path);
    const file = parseSeedFileName(name);
    if (status === undefined || file === undefined) throw seedFileRefused(path, "it is missing");
    found.push({ ...file, path, sizeBytes: status.sizeBytes });
  }
  return found;
}

/** A disk that began without it, also while a file of it was being copied. */
function refuseUnwanted({ journal, folder, branch }: LoadSeedOptions): void {
  if (journal.head !== undefined && journal.head.branch !== branch) throw seedUnwanted(folder);
}

async function take(options: LoadSeedOptions, file: SeedFile, signal: AbortSignal): Promise<void> {
  const { journal, files, medium, branch } = options;
  const staged = journal.stagingPath(`seed-${branch}`);
  // What an attempt left that was refused.
  if ((await files.status(staged)) !== undefined) await files.remove(staged);
  try {
    const sha256 = await copy({ files, medium }, { from: file.path, to: staged }, signal);
    if (Buffer.compare(sha256, file.sha256) !== 0) throw seedFileRefused(file.path, "its content was changed");
    refuseUnwanted(options);
    await journal.accept({ path: staged, branch, from: file.from, to: file.to, sha256 });
  } catch (error) {
    if ((await files.status(staged)) !== undefined) await files.remove(staged);
    if (!isFault(error) || error.code === "seed-file-refused") throw error;
    if (error.kind !== "protocol" && error.kind !== "corruption") throw error;
    throw seedFileRefused(file.path, error.message, error);
  }
}

async function copy(
  { files, medium }: { readonly files: Files; readonly medium: Files },
  { from, to }: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<Uint8Array> {
  await using source = await medium.open(from, "read", { bypassCacheFrom: LARGE_IO_BYTES });
  await using target = await files.open(to, "create", { bypassCacheFrom: LARGE_IO_BYTES });
  return await copied(source, target, signal);
}

async function copied(source: FileHandle, target: FileHandle, signal: AbortSignal): Promise<Uint8Array> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(COPY_BYTES);
  for (let at = 0; ; at += buffer.length) {
    signal.throwIfAborted();
    const got = await source.read(buffer, at);
    const bytes = buffer.subarray(0, got);
    hash.update(bytes);
    if (got > 0) await target.write([bytes], at);
    if (got < buffer.length) return hash.digest();
  }
}
