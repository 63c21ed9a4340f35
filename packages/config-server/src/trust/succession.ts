// Which authorities there are, and which of them issues: authorities.json of the home, one word on where a change of authority stands
// (docs/decisions/0027-identity-in-daily-life.md).
//
// Invariant: it is stored before anything is done because of it, and names no folder that is not wholly made. A home without the file has its first
// authority, and never changed it. Worst outcome if broken: an authority that nobody trusts issues, and nobody gets in any more.
import { type Files, readFile, replaceFile } from "@leeward/world";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { successionDamaged } from "../faults.ts";

export const SUCCESSION_NAME = "authorities.json";
const BYTES_MAX = 4_096;

const FolderName = Type.String({ pattern: "^authority(-[0-9]{1,6})?$" });
const Succession = Type.Object({
  present: FolderName,
  /** The one that follows; null while none does. */
  next: Type.Union([
    Type.Null(),
    Type.Object({
      folder: FolderName,
      /** `introducing`: everybody is told to trust both; `renewing`: it issues. */
      phase: Type.Enum(["introducing", "renewing"]),
      sinceMicros: Type.Integer(),
    }),
  ]),
});
export type Succession = Static<typeof Succession>;

export const FIRST: Succession = { present: "authority", next: null };

/** undefined when authorities were never changed here. @throws Fault `identity-damaged` */
export async function readSuccession(files: Files, home: string): Promise<Succession | undefined> {
  const path = `${home}/${SUCCESSION_NAME}`;
  if ((await files.status(path)) === undefined) return undefined;
  return parseSuccession(path, new TextDecoder().decode(await readFile(files, path, BYTES_MAX)));
}

/** @throws Fault `identity-damaged` */
export function parseSuccession(path: string, text: string): Succession {
  try {
    const read: unknown = JSON.parse(text);
    if (Check(Succession, read)) return read;
  } catch (error) {
    throw successionDamaged(path, error);
  }
  throw successionDamaged(path);
}

export function writeSuccession(files: Files, home: string, succession: Succession): Promise<void> {
  return replaceFile(files, home, SUCCESSION_NAME, new TextEncoder().encode(`${JSON.stringify(succession)}\n`));
}

/** The folder of the authority after that in `folder`. */
export function folderAfter(folder: string): string {
  return `authority-${numberOf(folder) + 1}`;
}

/** Whether an authority's folder was left behind by one that has gone. */
export function isLeftBehind(folder: string, { present }: Succession): boolean {
  return /^authority(-[0-9]{1,6})?$/.test(folder) && numberOf(folder) < numberOf(present);
}

function numberOf(folder: string): number {
  const [, number = "1"] = folder.split("-");
  return Number(number);
}
