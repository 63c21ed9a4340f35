/**
 * What a crash left behind in a journal's folders, and what becomes of it when the journal opens.
 *
 * Invariant: no file is removed that the manifest names, and none that it should name. Files of history that retention has
 * dropped, index runs and base files that were never recorded and whatever was staged are removed. A segment that follows what is
 * held is taken in: it is whole, authentic and the next one, only its manifest entry is missing. Of others only a few can be
 * explained by a crash; with more the manifest is the one that is at fault, and nothing is removed. So too when a file that
 * the manifest names is missing. Of a journal that another process may have had, none is taken in: that one may be about to remove it as an orphan.
 */
import { Fault, isFault } from "@leeward/base";
import { type JournalParts, record, stateOf } from "../journal-parts.ts";
import { segmentName } from "../manifest/file-name.ts";
import type { Intake } from "./intake.ts";
import { checkSegment } from "./segment-check.ts";

const NAME = /^([0-9a-f]{32})-(\d{16})-[0-9a-f]{32}\.hrl$/;

interface Orphan {
  readonly path: string;
  readonly branch: string;
  readonly from: number;
}

/** What an open found. */
export interface Found {
  /** Segments that were taken in. */
  readonly adopted: number;
  readonly removed: number;
  /** Paths of files that the manifest names and that are not there. */
  readonly missing: readonly string[];
}

/** @throws Fault `journal-orphans` */
export async function settleOrphans(parts: JournalParts, intake: Intake): Promise<Found> {
  const { files } = parts.world;
  const listing = await compared(parts);
  if (listing.missing.length > 0) return { adopted: 0, removed: 0, missing: listing.missing };
  const staged = (await files.list(`${parts.folder}/staging`)).map((name) => `${parts.folder}/staging/${name}`);
  const stale = (await files.list(parts.folder))
    .filter((name) => parts.manifest.isStale(name))
    .map((name) => `${parts.folder}/${name}`);
  const left = listing.unknown.filter((path) => !path.startsWith(`${parts.folder}/segments/`));
  for (const path of [...staged, ...stale, ...left]) await files.remove(path);
  const segments = await settleSegments(
    parts,
    intake,
    listing.unknown.filter((path) => path.startsWith(`${parts.folder}/segments/`)),
  );
  const removed = staged.length + stale.length + left.length + segments.removed;
  return { adopted: segments.adopted, removed, missing: [] };
}

/** What the manifest names and is not there, and what is there and not named. */
async function compared(parts: JournalParts): Promise<{ missing: string[]; unknown: string[] }> {
  const unknown = new Set<string>();
  for (const folder of ["segments", "runs", "base"]) {
    for (const name of await parts.world.files.list(`${parts.folder}/${folder}`))
      unknown.add(`${parts.folder}/${folder}/${name}`);
  }
  const missing: string[] = [];
  for (const { folder, file } of stateOf(parts).files()) {
    const path = `${parts.folder}/${folder}/${file.name}`;
    // A listing of a store may lack what was just put.
    if (!unknown.delete(path) && (await parts.world.files.status(path)) === undefined) missing.push(path);
  }
  return { missing, unknown: [...unknown] };
}

async function settleSegments(
  parts: JournalParts,
  intake: Intake,
  paths: readonly string[],
): Promise<{ adopted: number; removed: number }> {
  const orphans = paths.map((path) => orphanOf(path)).sort((a, b) => a.from - b.from);
  const unexplained = orphans.filter((orphan) => !isExplained(parts, orphan));
  // Their names may be what a killed process had not made durable.
  if (unexplained.length > 0) await parts.world.files.syncFolder(`${parts.folder}/segments`);
  let adopted = 0;
  const left: Orphan[] = [];
  for (const orphan of unexplained) {
    if (await adopt(parts, intake, orphan)) adopted += 1;
    else left.push(orphan);
  }
  if (left.length > parts.limits.orphansMax) throw tooMany(parts, left.length);
  const gone = [...orphans.filter((orphan) => !unexplained.includes(orphan)), ...left];
  for (const { path } of gone) await parts.world.files.remove(path);
  return { adopted, removed: gone.length };
}

function orphanOf(path: string): Orphan {
  const [, branch = "", from = "0"] = NAME.exec(path.slice(path.lastIndexOf("/") + 1)) ?? [];
  return { path, branch, from: Number(from) };
}

/** Whether it belongs to what is held in another file, or to history that was dropped. */
function isExplained(parts: JournalParts, { branch, from }: Orphan): boolean {
  const state = stateOf(parts);
  const held = state.branch(branch);
  return state.wasDropped(branch) || (held !== undefined && from <= held.sequence);
}

/** Takes it in when it is whole and follows. */
async function adopt(parts: JournalParts, intake: Intake, { path, branch, from }: Orphan): Promise<boolean> {
  const held = stateOf(parts).branch(branch);
  if (parts.isTakenOver || held?.sequence !== from - 1) return false;
  const { world, dataKey, manifest, limits, memory } = parts;
  try {
    await using handle = await world.files.open(path, "read");
    const options = {
      compute: world.compute,
      dataKey,
      identity: manifest.identity,
      segmentBytesMax: limits.segmentBytesMax,
      buffers: memory.buffers,
    };
    const checked = await checkSegment(handle, { branch: held.name, from }, { ...options, wantsWritten: true });
    if (!path.endsWith(`/${segmentName(branch, from, checked.fileId)}`)) return false;
    await record(parts, intake.entriesOf(checked));
    return true;
  } catch (error) {
    if (isFault(error) && (error.kind === "corruption" || error.kind === "protocol" || error.kind === "discontinuity"))
      return false;
    throw error;
  }
}

function tooMany(parts: JournalParts, count: number): Fault {
  return new Fault({
    code: "journal-orphans",
    kind: "corruption",
    message: `${parts.folder} holds ${count} segments that its manifest does not know; nothing was removed.`,
    detail: { folder: parts.folder, count },
  });
}
