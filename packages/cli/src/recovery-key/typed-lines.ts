/**
 * Bytes as numbered lines that a person types from paper: 8 bytes and a check of 2 in each, as four groups of four characters.
 *
 * ```
 *   3  9F2K-7QXM-0TRB-C4DE
 * ```
 *
 * The alphabet is Crockford's base 32: no I, L, O and U; who types I or L for 1, or O for 0, is understood. The check is of the line's number, too, so that a line
 * that was mistyped, left out or exchanged is told by its number: of 65,536 mistakes one is not, and that is found by the check of the whole.
 */
import { createHash } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LINE_BYTES = 8;
const CHECK_BYTES = 2;
const LINE_CHARACTERS = ((LINE_BYTES + CHECK_BYTES) * 8) / 5;
const WHOLE_CHECK_BYTES = 6;
const LINE = /^\s*(\d{1,2})[\s.:)]+([0-9A-Za-z][0-9A-Za-z\s-]*)$/;

/** A line that is not what was printed; `number` counts from 1. */
export interface WrongLine {
  readonly number: number;
  readonly why: string;
}

/** The bytes, whose length and a check of 6 bytes fill whole lines, as text of lines. */
export function linesOf(bytes: Uint8Array): string[] {
  const whole = Buffer.concat([bytes, digestOf("leeward whole", bytes).subarray(0, WHOLE_CHECK_BYTES)]);
  const lines: string[] = [];
  for (let at = 0; at < whole.length; at += LINE_BYTES) {
    const number = lines.length + 1;
    const part = whole.subarray(at, at + LINE_BYTES);
    const characters = charactersOf(Buffer.concat([part, checkOf(number, part)]));
    lines.push(`${String(number).padStart(2)}  ${(characters.match(/.{4}/g) ?? []).join("-")}`);
  }
  return lines;
}

/** The bytes of `count` lines; what is no numbered line of the text is passed over. */
export function bytesOfLines(text: string, count: number): Uint8Array | WrongLine {
  const typed = new Map<number, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, number = "", characters = ""] = LINE.exec(line) ?? [];
    if (characters !== "" && !typed.has(Number(number))) typed.set(Number(number), characters);
  }
  const parts: Uint8Array[] = [];
  for (let number = 1; number <= count; number += 1) {
    const part = partOf(number, typed.get(number));
    if ("why" in part) return part;
    parts.push(part);
  }
  const whole = Buffer.concat(parts);
  const bytes = whole.subarray(0, whole.length - WHOLE_CHECK_BYTES);
  const check = digestOf("leeward whole", bytes).subarray(0, WHOLE_CHECK_BYTES);
  if (check.equals(whole.subarray(bytes.length))) return new Uint8Array(bytes);
  return { number: count, why: "the lines are right each for itself, and are not of one page" };
}

/** What is wrong with one line, typed without its number; undefined when nothing is. */
export function wrongIn(number: number, typed: string): WrongLine | undefined {
  const part = partOf(number, typed);
  return "why" in part ? part : undefined;
}

function partOf(number: number, typed: string | undefined): Uint8Array | WrongLine {
  if (typed === undefined) return { number, why: "it is missing" };
  const characters = typed.toUpperCase().replace(/[\s-]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  if (characters.length !== LINE_CHARACTERS)
    return { number, why: `it has ${characters.length} characters where there are ${LINE_CHARACTERS}` };
  const foreign = Array.from(characters).find((each) => !ALPHABET.includes(each));
  if (foreign !== undefined) return { number, why: `${foreign} is none of its characters` };
  const bytes = bytesOfCharacters(characters);
  const part = bytes.subarray(0, LINE_BYTES);
  return checkOf(number, part).equals(bytes.subarray(LINE_BYTES))
    ? part
    : { number, why: "a character of it is wrong" };
}

function checkOf(number: number, part: Uint8Array): Buffer {
  return digestOf(`leeward line ${number}`, part).subarray(0, CHECK_BYTES);
}

function digestOf(of: string, bytes: Uint8Array): Buffer {
  return createHash("sha256").update(of).update("\0").update(bytes).digest();
}

function charactersOf(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join("");
}

function bytesOfCharacters(characters: string): Buffer {
  const bits = Array.from(characters, (each) => ALPHABET.indexOf(each).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}
