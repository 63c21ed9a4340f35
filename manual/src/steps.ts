// What of a page is run, and how. Commands stand in fenced blocks marked `sh` (or `powershell`, which is never run); comments around them, which no reader sees, say the rest:
//
//   <!-- not run: REASON -->       the next block is not run
//   <!-- exit: 4 -->               it ends with this code, and not with 0
//   <!-- prints: TEXT -->          what it prints has this in it; may be said several times
//   <!-- set: NAME = COMMAND -->   from here on NAME in a block is what the command prints
//   <!-- unseen                    a block of its own that no reader sees: what happens beside the page, or a check of what it says
//   COMMANDS -->
import { walk, within } from "./markdown.ts";
import type { ManualPage } from "./pages.ts";

export type Step =
  | {
      readonly kind: "run";
      readonly commands: string;
      readonly exit: number;
      readonly prints: readonly string[];
      readonly isSeen: boolean;
    }
  | { readonly kind: "set"; readonly name: string; readonly commands: string }
  | { readonly kind: "not-run"; readonly commands: string; readonly reason: string };

const COMMENT = /<!--([\s\S]*?)-->/g;

/** The languages that a block may have: everything that is to be typed is `sh`, or `powershell`, which is not run here. */
const LANGUAGES = new Set(["sh", "powershell", "text", "yaml", "json", "ini"]);

interface Wanted {
  reason: string | undefined;
  exit: number;
  prints: string[];
}

/** The steps of a page in order. @throws what of it is not understood, so that no block is passed over by mistake */
export function stepsOf({ name, tokens }: Pick<ManualPage, "name" | "tokens">): Step[] {
  const steps: Step[] = [];
  let wanted = nothingWanted();
  const isWaiting = (): boolean => wanted.reason !== undefined || wanted.exit !== 0 || wanted.prints.length > 0;
  for (const token of tokens) {
    if (token.type === "html") {
      for (const [, comment = ""] of token.text.matchAll(COMMENT)) noteComment(comment.trim(), { name, steps, wanted });
    } else if (token.type === "code") {
      if (!LANGUAGES.has(token.lang ?? "")) throw new Error(`${name}: a block has no language: ${token.text}`);
      if (token.lang === "powershell" && wanted.reason === undefined)
        throw new Error(`${name}: a block of PowerShell does not say why it is not run: ${token.text}`);
      if (token.lang === "sh" || token.lang === "powershell") {
        steps.push(blockStep(token.text, wanted));
        wanted = nothingWanted();
      }
    } else if ([...walk(within(token))].some(({ type }) => type === "code" || type === "html")) {
      throw new Error(`${name}: a block or a comment lies inside of a list: ${token.raw}`);
    } else if (token.type !== "space" && isWaiting()) {
      throw new Error(`${name}: a comment waits for a block, and there comes ${token.raw}`);
    }
  }
  if (isWaiting()) throw new Error(`${name}: a comment waits for a block, and there comes none`);
  return steps;
}

function nothingWanted(): Wanted {
  return { reason: undefined, exit: 0, prints: [] };
}

function blockStep(commands: string, { reason, exit, prints }: Wanted): Step {
  if (reason !== undefined) return { kind: "not-run", commands, reason };
  return { kind: "run", commands, exit, prints, isSeen: true };
}

function noteComment(
  comment: string,
  { name, steps, wanted }: { readonly name: string; readonly steps: Step[]; readonly wanted: Wanted },
): void {
  const [, word = "", rest = ""] = /^(not run|exit|prints|set|unseen):?\s+([\s\S]+)$/.exec(comment) ?? [];
  switch (word) {
    case "not run":
      wanted.reason = rest;
      return;
    case "exit":
      wanted.exit = Number(rest);
      return;
    case "prints":
      wanted.prints.push(rest);
      return;
    case "set": {
      const [, variable, commands] = /^([A-Z]+) = ([\s\S]+)$/.exec(rest) ?? [];
      if (variable === undefined || commands === undefined) break;
      steps.push({ kind: "set", name: variable, commands });
      return;
    }
    case "unseen":
      steps.push({ kind: "run", commands: rest, exit: 0, prints: [], isSeen: false });
      return;
  }
  throw new Error(`${name}: a comment says what is not known: ${comment}`);
}
