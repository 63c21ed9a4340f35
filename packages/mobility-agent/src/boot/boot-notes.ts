// What is kept of a tracked disk from one boot to the next, beside its state: two small files, each JSON below a line with its SHA-256.
//
//   tracking   written when the disk is opened: which tracking sees its changes, and by what its history knows it
//   closing    written at the end of a shutdown: how the disk was left
//   closing.taken   the same, taken by the agent's next start, until that has looked at it
//
// Invariant: a closing note is used once. Its name is gone, durably, before anything rests on it; one that is found under its second name was taken by a
// start that did not come to an end, and is of no use. Worst outcome if broken: changes of the time in between are never sent, and nobody knows.
import { createHash } from "node:crypto";
import type { Extent } from "@leeward/block";
import type { ContentSample } from "@leeward/tracker";
import { type Files, readFile, replaceFile } from "@leeward/world";

const TRACKING = "tracking";
const CLOSING = "closing";
const TAKEN = "closing.taken";
const BYTES_MAX = 4 * 1024 * 1024;

export interface TrackingNote {
  readonly version: 1;
  /** Of the device, resolved. */
  readonly path: string;
  readonly trackingId: string;
  readonly bootId: string;
  /** What the disk's history tells it by from now on. */
  readonly source: string;
}

export interface ClosingNote {
  readonly version: 1;
  /** Of the boot that has ended. */
  readonly bootId: string;
  /** What the disk's history tells it by, for as long as nothing was missed. */
  readonly source: string;
  /** What the disk says that it is. */
  readonly identity: string;
  readonly sizeBytes: number;
  readonly wallMicros: number;
  /** What has changed and is not in the log. */
  readonly changed: readonly Extent[];
  readonly samples: readonly ContentSample[];
}

/** Durable when it settles. */
export function writeTrackingNote(files: Files, folder: string, note: TrackingNote): Promise<void> {
  return write(files, folder, TRACKING, note);
}

/** undefined when there is none that is whole. */
export async function readTrackingNote(files: Files, folder: string): Promise<TrackingNote | undefined> {
  const value = await read(files, `${folder}/${TRACKING}`);
  return isTrackingNote(value) ? value : undefined;
}

/** Durable when it settles. */
export function writeClosingNote(files: Files, folder: string, note: ClosingNote): Promise<void> {
  return write(files, folder, CLOSING, note);
}

/** Whether a start is still to look at a note, or looks at one now. */
export async function hasClosingNote(files: Files, folder: string): Promise<boolean> {
  return (await exists(files, `${folder}/${CLOSING}`)) || (await exists(files, `${folder}/${TAKEN}`));
}

/**
 * Takes the note: from here on nobody else finds it. undefined when there is none that is whole. Whoever took it calls `dropClosingNote` when it has been
 * looked at.
 */
export async function takeClosingNote(files: Files, folder: string): Promise<ClosingNote | undefined> {
  if (await exists(files, `${folder}/${TAKEN}`)) {
    await dropClosingNote(files, folder);
    return undefined;
  }
  if (!(await exists(files, `${folder}/${CLOSING}`))) return undefined;
  await files.rename(`${folder}/${CLOSING}`, `${folder}/${TAKEN}`);
  await files.syncFolder(folder);
  const value = await read(files, `${folder}/${TAKEN}`);
  return isClosingNote(value) ? value : undefined;
}

/** Under whichever name. Durable when it settles. */
export async function dropClosingNote(files: Files, folder: string): Promise<void> {
  if (!(await exists(files, folder))) return;
  for (const name of [CLOSING, `${CLOSING}.new`, TAKEN]) {
    if (await exists(files, `${folder}/${name}`)) await files.remove(`${folder}/${name}`);
  }
  await files.syncFolder(folder);
}

async function write(files: Files, folder: string, name: string, note: TrackingNote | ClosingNote): Promise<void> {
  const text = JSON.stringify(note);
  await replaceFile(files, folder, name, new TextEncoder().encode(`${digestOf(text)}\n${text}`));
}

/** undefined when it is not there, or not as it was written. */
async function read(files: Files, path: string): Promise<unknown> {
  if (!(await exists(files, path))) return undefined;
  const [digest, text = ""] = new TextDecoder().decode(await readFile(files, path, BYTES_MAX)).split("\n");
  return digest === digestOf(text) ? JSON.parse(text) : undefined;
}

async function exists(files: Files, path: string): Promise<boolean> {
  return (await files.status(path)) !== undefined;
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** By its digest it is as some version of this software wrote it. */
function isTrackingNote(value: unknown): value is TrackingNote {
  return isVersionOne(value) && "trackingId" in value;
}

function isClosingNote(value: unknown): value is ClosingNote {
  return isVersionOne(value) && "samples" in value;
}

function isVersionOne(value: unknown): value is object {
  return typeof value === "object" && value !== null && "version" in value && value.version === 1;
}
