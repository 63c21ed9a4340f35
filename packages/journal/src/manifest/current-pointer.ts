import { Fault, formatTime } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";
import { manifestName, manifestNumber } from "./file-name.ts";

const POINTER_NAME = "CURRENT";
const POINTER_BYTES_MAX = 1024;

/** Which manifest holds: the only thing of a journal that is said in the clear. */
export interface CurrentPointer {
  readonly name: string;
  readonly number: number;
  readonly timeMicros: number;
}

/** Durable when it settles; a crash leaves the old pointer or the new one. */
export async function writePointer(
  files: Files,
  folder: string,
  pointer: { number: number; timeMicros: number },
): Promise<void> {
  const { number, timeMicros } = pointer;
  const text = `${JSON.stringify({ name: manifestName(number), number, time: formatTime(timeMicros) })}\n`;
  await replaceFile(files, folder, POINTER_NAME, Buffer.from(text, "utf8"));
}

/**
 * The pointer's number; undefined when there is no pointer, so no journal.
 * @throws Fault `journal-pointer-damaged`
 */
export async function readPointer(files: Files, folder: string): Promise<number | undefined> {
  const path = `${folder}/${POINTER_NAME}`;
  if ((await files.status(path)) === undefined) return undefined;
  const bytes = await readFile(files, path, POINTER_BYTES_MAX);
  const number = numberIn(Buffer.from(bytes).toString("utf8"));
  if (number === undefined) {
    throw new Fault({
      code: "journal-pointer-damaged",
      kind: "corruption",
      message: `${path} names no manifest.`,
      detail: { path },
    });
  }
  return number;
}

function numberIn(text: string): number | undefined {
  const match = /^\{"name":"([^"]+)","number":(\d+),"time":"[^"]+"\}\n$/.exec(text);
  const number = manifestNumber(match?.[1] ?? "");
  return number !== undefined && String(number) === match?.[2] ? number : undefined;
}
