/**
 * What a crash left behind in a journal's folders, and what becomes of it when the journal opens.
 *
 * Invariant: no file is removed that the manifest names, and none that it should name. Files of history that retention has
 * dropped, index runs and base files that were never recorded and whatever was staged are removed. A segment that follows what is
 * held is taken in: it is whole, authentic and the next one, only its manifest entry is missing. Of others only a few can be
 * explained by a crash; with more the manifest is the one that is at fault, and nothing is removed. So too when a file that
 * the manifest names is missing.
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
  const missing = await missingFiles(parts);
  if (missing.length > 0) return { adopted: 0, removed: 0, missing };
  let removed = 0;
  for (const name of await files.list(`${parts.folder}/staging`)) {
    await files.remove(`${parts.folder}/staging/${name}`);
    removed += 1;
  }
  for (const name of (await files.list(parts.folder)).filter((each) => parts.manifest.isStale(each))) {
    await files.remove(`${parts.folder}/${name}`);
    removed += 1;
  }
  for (const folder of ["runs", "base"] as const) {
    const known = new Set(
      [...stateOf(parts).files()].filter((each) => each.folder === folder).map(({ file }) => file.name),
    );
    for (const name of (await files.list(`${parts.folder}/${folder}`)).filter((each) => !known.has(each))) {
      await files.remove(`${parts.folder}/${folder}/${name}`);
      removed += 1;
    }
  }
  const segments = await settleSegments(parts, intake);
  return { adopted: segments.adopted, removed: removed + segments.removed, missing };
}

async function settleSegments(parts: JournalParts, intake: Intake): Promise<{ adopted: number; removed: number }> {
  const orphans = await orphanSegments(parts);
  const unexplained = orphans.filter((orphan) => !isExplained(parts, orphan));
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

/** Sorted by branch and sequence. */
async function orphanSegments(parts: JournalParts): Promise<Orphan[]> {
  const folder = `${parts.folder}/segments`;
  const known = new Set(
    [...stateOf(parts).files()].filter((each) => each.folder === "segments").map(({ file }) => file.name),
  );
  const orphans: Orphan[] = [];
  for (const name of await parts.world.files.list(folder)) {
    if (known.has(name)) continue;
    const [, branch = "", from = "0"] = NAME.exec(name) ?? [];
    orphans.push({ path: `${folder}/${name}`, branch, from: Number(from) });
  }
  return orphans;
}

/** Whether it belongs to what is held in another file, or to history that was dropped. */
function isExplained(parts: JournalParts, { branch, from }: Orphan): boolean {
  const state = stateOf(parts);
  const held = state.branch(branch);
  return state.wasDropped(branch) || (held !== undefined && from <= held.sequence);
}

/** Takes it in when it is whole and follows. */
async function adopt(parts: JournalParts, intake: Intake, { path, branch, from }: Orphan): Promise<boolean> {
  if (stateOf(parts).branch(branch)?.sequence !== from - 1) return false;
  const { world, dataKey, manifest, limits } = parts;
  try {
    await using handle = await world.files.open(path, "read");
    const options = {
      compute: world.compute,
      dataKey,
      identity: manifest.identity,
      segmentBytesMax: limits.segmentBytesMax,
    };
    const checked = await checkSegment(handle, { branch, from }, { ...options, wantsWritten: true });
    if (!path.endsWith(`/${segmentName(branch, from, checked.fileId)}`)) return false;
    await record(parts, intake.entriesOf(checked));
    return true;
  } catch (error) {
    if (isFault(error) && (error.kind === "corruption" || error.kind === "protocol" || error.kind === "discontinuity"))
      return false;
    throw error;
  }
}

async function missingFiles(parts: JournalParts): Promise<string[]> {
  const there = new Map<string, Set<string>>();
  for (const folder of ["segments", "runs", "base"]) {
    there.set(folder, new Set(await parts.world.files.list(`${parts.folder}/${folder}`)));
  }
  return [...stateOf(parts).files()]
    .filter(({ folder, file }) => there.get(folder)?.has(file.name) !== true)
    .map(({ folder, file }) => `${parts.folder}/${folder}/${file.name}`);
}

function tooMany(parts: JournalParts, count: number): Fault {
  return new Fault({
    code: "journal-orphans",
    kind: "corruption",
    message: `${parts.folder} holds ${count} segments that its manifest does not know; nothing was removed.`,
    detail: { folder: parts.folder, count },
  });
}
