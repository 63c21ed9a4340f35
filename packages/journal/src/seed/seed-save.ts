/**
 * A disk's content as the files of a seed, which is carried to the target: sealed segments of a branch of their own, in a span that does not end.
 *
 * Invariant: a file that has its name is whole, and they follow one another without a gap; `seed.json` lists them once the disk's end was reached, not
 * before. The data key is in none of them. Worst outcome if broken: a carried medium that is worth nothing.
 *
 * The disk is read as it is, while it is written: what comes of that is of no single moment, and no recovery point. What is logged later makes it one.
 *
 * ```
 *  seed.json {files: null} ─► gather up to 32 MiB ─► next.part sealed, durable ─► its name, durable ─► … ─► seed.json {files: […]}
 * ```
 *
 * A crash leaves a part, which is removed, and whole files, behind whose last one it goes on: sequence n + 2 is that of the disk's n-th MiB.
 */
import { isFault, MiB, randomId } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { type DataKey, SegmentWriter } from "@leeward/change-log";
import { alignedBytes, type World } from "@leeward/world";
import { mediumFull, seedDamaged, seedOther } from "./seed-faults.ts";
import { formatSeedFileName, parseSeedFileName, type SeedFileName } from "./seed-file-name.ts";
import { readSeedManifest, SEED_MANIFEST, type SeedIdentity, writeSeedManifest } from "./seed-manifest.ts";

/** Of the disk, that has one sequence. */
const PIECE_BYTES = MiB;
/** The span begins with the first. */
const FIRST_PIECE = 2;
/** Of content in one file, and in memory, unless told. */
const FILE_BYTES_MAX = 32 * MiB;
/** Pieces in one file: a disk that is mostly empty makes few. */
const FILE_PIECES_MAX = 65_536;
/** Zeroes are told from content in steps of so many bytes. */
const STEP_BYTES = 64 * 1024;
const ALLOCATION_BYTES = 256 * MiB;
const PART = "next.part";
const NO_ID = "0".repeat(32);
const ZEROES = new Uint8Array(STEP_BYTES);

/** What is saved, for whom. */
export interface SeedOrder extends Omit<SeedIdentity, "diskBytes" | "keyId"> {
  readonly key: DataKey;
}

export interface SaveSeedOptions {
  readonly order: SeedOrder;
  readonly device: BlockDevice;
  readonly physicalBlockBytes: number;
  /** On the medium. It is made when it is missing; what is above it exists. */
  readonly folder: string;
  /** Begin although the medium may have too little room. */
  readonly force: boolean;
  /** Of content in one file; a multiple of 1 MiB. */
  readonly fileBytesMax?: number;
  readonly onProgress?: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
}

export interface SavedSeed {
  readonly diskBytes: number;
  readonly files: number;
  /** Of all files on the medium. */
  readonly bytes: number;
}

/**
 * Saves the seed, or goes on with one that was begun in the folder; one that is whole stays as it is.
 * @throws Fault `seed-other`, `seed-damaged`, `seed-medium-full`, `disk-read-failed`, what the files throw, and the signal's reason
 */
export async function saveSeed(world: World, options: SaveSeedOptions, signal: AbortSignal): Promise<SavedSeed> {
  const { device, folder, order, fileBytesMax = FILE_BYTES_MAX, onProgress } = options;
  const { sizeBytes: totalBytes } = device;
  const found = await openFolder(world, options);
  if (found.isWhole) return savedOf(world, options, found.files);
  const { files } = found;
  const done = (): number => Math.min(totalBytes, offsetAfter(files.at(-1)));
  await requireRoom(world, options, done());
  onProgress?.({ doneBytes: done(), totalBytes });
  const arena = alignedBytes(fileBytesMax);
  while (done() < totalBytes || files.length === 0) {
    signal.throwIfAborted();
    const from = (files.at(-1)?.to ?? 0) + 1;
    const gathered = await gather(device, { arena, firstPiece: Math.max(FIRST_PIECE, from), signal });
    const file = await roomFor(options, world, () => writeFile(world, options, { from, gathered }));
    files.push(file);
    onProgress?.({ doneBytes: done(), totalBytes });
  }
  const manifest = { ...identityOf(options), files: files.map(formatSeedFileName) };
  await roomFor(options, world, () => writeSeedManifest(world.files, folder, { manifest, key: order.key }));
  return savedOf(world, options, files);
}

interface Found {
  readonly files: SeedFileName[];
  readonly isWhole: boolean;
}

function identityOf({ order, device }: SaveSeedOptions): SeedIdentity {
  const { machineId, diskId, branch, key } = order;
  return { machineId, diskId, branch, keyId: key.keyId, diskBytes: device.sizeBytes };
}

/** What an earlier run left there; the folder is this seed's afterwards. */
async function openFolder({ files }: World, options: SaveSeedOptions): Promise<Found> {
  const { folder, order } = options;
  const above = folder.slice(0, folder.lastIndexOf("/")) || "/";
  await files.makeFolder(folder);
  await files.syncFolder(above);
  const identity = identityOf(options);
  const before = await readSeedManifest(files, folder, order.key);
  if (before !== undefined) refuseOther(folder, before, identity);
  const names = await files.list(folder);
  const found = names.flatMap((name) => parseSeedFileName(name) ?? []);
  if (before === undefined) {
    if (found.length > 0) throw seedOther(folder, "without its seed.json: whose it is cannot be told");
    await writeSeedManifest(files, folder, { manifest: { ...identity, files: null }, key: order.key });
    return { files: [], isWhole: false };
  }
  if (names.includes(PART)) await files.remove(`${folder}/${PART}`);
  const gap = found.find(({ from }, index) => from !== (found[index - 1]?.to ?? 0) + 1);
  if (gap !== undefined) throw seedDamaged(`${folder}/${formatSeedFileName(gap)}`, "the file before it is missing");
  if (before.files === null) return { files: found, isWhole: false };
  const missing = before.files.find((name) => !names.includes(name));
  if (missing !== undefined) throw seedDamaged(`${folder}/${missing}`, "it is missing");
  return { files: found, isWhole: true };
}

function refuseOther(folder: string, found: SeedIdentity, wanted: SeedIdentity): void {
  if (found.diskId !== wanted.diskId) throw seedOther(folder, "another disk's");
  if (found.branch !== wanted.branch || found.keyId !== wanted.keyId)
    throw seedOther(folder, "of an earlier protection of the disk");
  if (found.diskBytes !== wanted.diskBytes) throw seedOther(folder, `of a disk of ${found.diskBytes} bytes`);
}

/** Where the piece behind the file begins. */
function offsetAfter(file: SeedFileName | undefined): number {
  return file === undefined ? 0 : (file.to - FIRST_PIECE + 1) * PIECE_BYTES;
}

interface Gathered {
  /** The last that was looked at. */
  readonly piece: number;
  readonly writes: readonly { readonly sequence: number; readonly offset: number; readonly data: Uint8Array }[];
}

/** Reads on, piece by piece, until there is enough for a file. */
async function gather(
  device: BlockDevice,
  {
    arena,
    firstPiece,
    signal,
  }: { readonly arena: Uint8Array; readonly firstPiece: number; readonly signal: AbortSignal },
): Promise<Gathered> {
  const writes: { sequence: number; offset: number; data: Uint8Array }[] = [];
  let used = 0;
  let piece = firstPiece;
  for (; piece < firstPiece + FILE_PIECES_MAX; piece += 1) {
    const offset = (piece - FIRST_PIECE) * PIECE_BYTES;
    if (offset >= device.sizeBytes || used + PIECE_BYTES > arena.length) break;
    signal.throwIfAborted();
    const bytes = arena.subarray(used, used + Math.min(PIECE_BYTES, device.sizeBytes - offset));
    const runs = await device.allocation({ offset, length: bytes.length });
    if (runs.every(({ kind }) => kind === "zero")) continue;
    await device.read(offset, bytes);
    const found = contentOf(bytes);
    for (const { from, to } of found)
      writes.push({ sequence: piece, offset: offset + from, data: bytes.subarray(from, to) });
    if (found.length > 0) used += PIECE_BYTES;
  }
  return { piece: piece - 1, writes };
}

/** What is not zeroes, joined. */
function contentOf(bytes: Uint8Array): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (let from = 0; from < bytes.length; from += STEP_BYTES) {
    const to = Math.min(from + STEP_BYTES, bytes.length);
    if (Buffer.compare(bytes.subarray(from, to), ZEROES.subarray(0, to - from)) === 0) continue;
    const last = found.at(-1);
    if (last?.to === from) last.to = to;
    else found.push({ from, to });
  }
  return found;
}

async function writeFile(
  world: World,
  options: SaveSeedOptions,
  { from, gathered }: { readonly from: number; readonly gathered: Gathered },
): Promise<SeedFileName> {
  const { device, folder, order, physicalBlockBytes } = options;
  const { machineId, diskId, branch, key } = order;
  const { sizeBytes: diskBytes, blockBytes } = device;
  const to = gathered.piece;
  const path = `${folder}/${PART}`;
  if ((await world.files.status(path)) !== undefined) await world.files.remove(path);
  const disk = { range: { offset: 0, length: diskBytes }, diskBytes, blockBytes, physicalBlockBytes };
  await using writer = await SegmentWriter.create(world, {
    path,
    codec: "lz4",
    key,
    draft: { kind: "cut", machineId, diskId, branch, from, to, ...disk, bootId: NO_ID },
  });
  const timeMicros = world.clock.wallMicros();
  if (from === 1) {
    const span = { spanId: randomId(world.random), reason: "initial", totalBytes: diskBytes } as const;
    await writer.add({ kind: "span-begin", sequence: 1, timeMicros, span });
  }
  for (const { sequence, offset, data } of gathered.writes)
    await writer.addWrite({ sequence, timeMicros, offset }, [data]);
  const { sha256 } = await writer.seal();
  await world.files.rename(path, `${folder}/${formatSeedFileName({ from, to, sha256 })}`);
  await world.files.syncFolder(folder);
  return { from, to, sha256 };
}

/** Holes and what was saved already take no room; what the rest takes once it is compressed, nobody knows. */
async function requireRoom({ files }: World, { device, folder, force }: SaveSeedOptions, from: number): Promise<void> {
  if (force) return;
  let neededBytes = 0;
  for (let offset = from; offset < device.sizeBytes; offset += ALLOCATION_BYTES) {
    const length = Math.min(ALLOCATION_BYTES, device.sizeBytes - offset);
    for (const run of await device.allocation({ offset, length })) if (run.kind === "data") neededBytes += run.length;
  }
  const { freeBytes } = await files.space(folder);
  if (freeBytes < neededBytes) throw mediumFull(folder, { freeBytes, neededBytes });
}

async function roomFor<T>({ device, folder }: SaveSeedOptions, { files }: World, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isFault(error, "disk-full")) throw error;
    const { freeBytes } = await files.space(folder);
    throw mediumFull(folder, { freeBytes, neededBytes: device.sizeBytes });
  }
}

async function savedOf(
  { files }: World,
  { device, folder }: SaveSeedOptions,
  saved: SeedFileName[],
): Promise<SavedSeed> {
  let bytes = (await files.status(`${folder}/${SEED_MANIFEST}`))?.sizeBytes ?? 0;
  for (const file of saved) bytes += (await files.status(`${folder}/${formatSeedFileName(file)}`))?.sizeBytes ?? 0;
  return { diskBytes: device.sizeBytes, files: saved.length, bytes };
}
