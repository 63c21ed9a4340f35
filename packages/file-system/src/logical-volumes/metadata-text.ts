import { damaged } from "../faults.ts";

/** What stands behind a name in LVM's description of a volume group. */
export type Value = number | string | readonly Value[] | Section;
export interface Section extends ReadonlyMap<string, Value> {}

const WORDS = /\s+|#[^\n]*|([{}[\]=,])|"((?:[^"\\]|\\.)*)"|(-?\d+)(?![\w.])|([\w.+-]+)/gy;
const DEPTH_MAX = 16;

interface Word {
  readonly kind: "sign" | "text" | "number" | "name";
  readonly text: string;
}

/** @throws Fault `file-system-damaged` */
export function metadataSection(text: string): Section {
  const words = wordsOf(text);
  let at = 0;
  const next = (): Word | undefined => words[at++];
  const isNext = (sign: string): boolean => words[at]?.kind === "sign" && words[at]?.text === sign;

  const section = (depth: number): Section => {
    const found = new Map<string, Value>();
    while (at < words.length && !isNext("}")) {
      const name = next();
      if (name?.kind !== "name" && name?.kind !== "number") throw broken(at);
      if (isNext("{")) {
        if (depth >= DEPTH_MAX) throw broken(at);
        at += 1;
        found.set(name.text, section(depth + 1));
        if (next()?.text !== "}") throw broken(at);
      } else {
        if (next()?.text !== "=") throw broken(at);
        found.set(name.text, value());
      }
    }
    return found;
  };
  const value = (): Value => {
    const word = next();
    if (word?.kind === "text" || word?.kind === "name") return word.text;
    if (word?.kind === "number") return Number(word.text);
    if (word?.kind !== "sign" || word.text !== "[") throw broken(at);
    const items: Value[] = [];
    while (!isNext("]")) {
      const item = next();
      if (item?.kind !== "text" && item?.kind !== "number") throw broken(at);
      items.push(item.kind === "text" ? item.text : Number(item.text));
      if (isNext(",")) at += 1;
      else if (!isNext("]")) throw broken(at);
    }
    at += 1;
    return items;
  };

  const whole = section(0);
  if (at < words.length) throw broken(at);
  return whole;
}

/** A section in a section. @throws Fault `file-system-damaged` */
export function sectionOf(section: Section, name: string): Section {
  const value = section.get(name);
  if (!(value instanceof Map)) throw damaged("volume group", `its description has no section "${name}"`);
  return value;
}

/** A whole number that is not negative. @throws Fault `file-system-damaged` */
export function countOf(section: Section, name: string): number {
  const value = section.get(name);
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw damaged("volume group", `its description has no number "${name}"`);
  return value;
}

/** @throws Fault `file-system-damaged` */
export function textOf(section: Section, name: string): string {
  const value = section.get(name);
  if (typeof value !== "string") throw damaged("volume group", `its description has no text "${name}"`);
  return value;
}

/** None when there is no such list. */
export function listOf(section: Section, name: string): readonly Value[] {
  const value = section.get(name);
  return isList(value) ? value : [];
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let end = 0;
  for (const match of text.matchAll(WORDS)) {
    const [whole, sign, quoted, number, name] = match;
    end += whole.length;
    if (sign !== undefined) words.push({ kind: "sign", text: sign });
    else if (quoted !== undefined) words.push({ kind: "text", text: quoted.replace(/\\(.)/gs, "$1") });
    else if (number !== undefined) words.push({ kind: "number", text: number });
    else if (name !== undefined) words.push({ kind: "name", text: name });
  }
  if (end !== text.length) throw damaged("volume group", `its description ends to be one at character ${end}`);
  return words;
}

function broken(word: number): Error {
  return damaged("volume group", `its description contradicts itself at word ${word}`);
}
