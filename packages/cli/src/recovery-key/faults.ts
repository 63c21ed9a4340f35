import { Fault } from "@leeward/base";
import type { WrongLine } from "./typed-lines.ts";

export function keyFileForeign(path: string): Fault {
  return new Fault({
    code: "key-file-foreign",
    kind: "operator",
    message: `${path} is not a recovery key as \`leeward key export\` writes it.`,
    remedy: "Name the file that `leeward key export`, `leeward key read` or `leeward key join` wrote, unchanged.",
    detail: { path },
  });
}

export function keyTextWrong(from: string, { number, why }: WrongLine): Fault {
  return new Fault({
    code: "key-text-wrong",
    kind: "operator",
    message: `Line ${number} of ${from} is wrong: ${why}.`,
    remedy: "Compare that line with the page, and correct it. A page is printed by `leeward key print`.",
    detail: { from, line: number, why },
  });
}

export function shareDamaged(path: string, { number, why }: WrongLine): Fault {
  return new Fault({
    code: "share-damaged",
    kind: "operator",
    message: `Line ${number} of the share ${path} is wrong: ${why}.`,
    remedy: "Compare that line with the printed share, and correct it; or take another share in its place.",
    detail: { path, line: number, why },
  });
}

export function shareTwice(path: string, again: { readonly path: string; readonly number: number }): Fault {
  return new Fault({
    code: "share-twice",
    kind: "operator",
    message: `${path} and ${again.path} are the same share, number ${again.number}.`,
    remedy: "Leave one of them out, and give another share.",
    detail: { path, again: again.path, number: again.number },
  });
}

export function sharesMixed(path: string, other: string): Fault {
  return new Fault({
    code: "shares-mixed",
    kind: "operator",
    message: `${path} and ${other} are not of one split of one key.`,
    remedy: "Give shares whose lines `Split` and `Fingerprint` are the same.",
    detail: { path, other },
  });
}

export function sharesTooFew(found: readonly { readonly path: string }[], threshold: number): Fault {
  return new Fault({
    code: "shares-too-few",
    kind: "operator",
    message: `${found.length} of the key's shares are here, and ${threshold} are needed: ${found.map(({ path }) => path).join(", ")}.`,
    remedy: "Get further shares from those who keep them.",
    detail: { found: found.length, threshold },
  });
}

export function splitInvalid(why: string): Fault {
  return new Fault({
    code: "split-invalid",
    kind: "operator",
    message: `The key cannot be split so: ${why}.`,
    remedy: "Give --shares from 2 to 255, --threshold from 2 to that number, and with --name a name for each share.",
    detail: { why },
  });
}

export function keyNotTyped(): Fault {
  return new Fault({
    code: "key-not-typed",
    kind: "operator",
    message: "There is nobody here to type the key, and no file was named.",
    remedy: "Name a file with the typed lines, or run the command on a terminal.",
  });
}
