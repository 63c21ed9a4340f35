import { type Files, readFile, replaceFile } from "@leeward/world";

const NAME = "journaled";
const DIGITS_MAX = 16;

/** How far the main target had the branch when that was written down last; 0 when it never was. */
export async function readJournaled(files: Files, folder: string): Promise<number> {
  const path = `${folder}/${NAME}`;
  if ((await files.status(path)) === undefined) return 0;
  const text = new TextDecoder().decode(await readFile(files, path, DIGITS_MAX));
  // What cannot be read says nothing: the target is asked.
  return /^\d+$/.test(text) ? Number(text) : 0;
}

/** Durable when it settles. */
export async function writeJournaled(files: Files, folder: string, sequence: number): Promise<void> {
  await replaceFile(files, folder, NAME, new TextEncoder().encode(String(sequence)));
}
