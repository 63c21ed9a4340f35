import { Fault } from "@leeward/base";

/** The object CURRENT: the journal's pointer as it is everywhere, and a line about who put it there. */
export interface PointerObject {
  /** As current-pointer.ts writes it, with its line feed; empty while the journal has no manifest. */
  readonly pointer: string;
  /** Who may write to the journal: the random id of one claim. */
  readonly claim: string;
  /** How often this claim has put the pointer: no two contents are the same. */
  readonly turn: number;
  /** The folder in which the objects of the manifest lie; empty while there is none. */
  readonly objects: string;
}

export const POINTER_OBJECT_BYTES_MAX = 2048;

const SECOND = /^\{"claim":"([0-9a-f]{32})","turn":(\d{1,15}),"objects":"((?:manifest-\d{1,15}-[0-9a-f]{8})?)"\}$/;

export function encodePointerObject({ pointer, claim, turn, objects }: PointerObject): Uint8Array {
  return new TextEncoder().encode(`${pointer}${JSON.stringify({ claim, turn, objects })}\n`);
}

/** @throws Fault `journal-pointer-damaged` */
export function decodePointerObject(bytes: Uint8Array, key: string): PointerObject {
  const text = new TextDecoder().decode(bytes);
  const lines = text.split("\n");
  const match = SECOND.exec(lines.at(-2) ?? "");
  if (match === null || lines.at(-1) !== "" || lines.length > 3) throw pointerDamaged(key);
  const [, claim = "", turn = "", objects = ""] = match;
  return { pointer: lines.length === 3 ? `${lines[0]}\n` : "", claim, turn: Number(turn), objects };
}

function pointerDamaged(key: string): Fault {
  return new Fault({
    code: "journal-pointer-damaged",
    kind: "corruption",
    message: `${key} in the store names no manifest.`,
    detail: { path: key },
  });
}
