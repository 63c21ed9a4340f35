// Whether what a page says is a command is one: also where it is not run.
import type { CommandFacts } from "./commands.ts";
import { walk } from "./markdown.ts";
import type { ManualPage } from "./pages.ts";

/** A word that stands for another one: MACHINE, DISK=PATH, …. */
const PLACEHOLDER = /^[A-Z][A-Z-]*$|^…$|^\.\.\.$/;

/** Each mention of `leeward …` in a page, in its blocks and in its text. */
export function commandLines({ tokens }: Pick<ManualPage, "tokens">): string[] {
  return [...walk(tokens)].flatMap((token) => {
    if (token.type === "codespan") return /^leeward [a-z]/.test(token.text) ? [token.text] : [];
    if (token.type !== "code" || token.lang !== "sh") return [];
    // A line that goes on, and what another command puts in, are one word for us.
    const joined = token.text.replaceAll(/\\\n\s*/g, " ").replaceAll(/"?\$\([^)]*\)"?/g, "WORD");
    return [...joined.matchAll(/(?:^|[|;&(]\s*|sudo )(leeward [a-z][^\n|;&)>#]*)/gm)].map(([, line = ""]) => line);
  });
}

/** What of a command line is not known; undefined when all of it is. */
export function problemOf(line: string, program: CommandFacts): string | undefined {
  const [, ...words] = line.trim().split(/\s+/);
  let command = program;
  for (const word of words) {
    if (command.commands.length === 0 || word.startsWith("-")) break;
    if (PLACEHOLDER.test(word)) return undefined;
    const next = command.commands.find(({ path }) => path.endsWith(` ${word}`));
    if (next === undefined) return `${command.path} has no command ${word}`;
    command = next;
  }
  const known = new Set(command.options.flatMap(({ flags }) => flags.match(/--?[a-z][a-z-]*/g) ?? []));
  const unknown = words
    .map((word) => /^--?[a-z][a-z-]*/.exec(word)?.[0])
    .find((flag) => flag !== undefined && !known.has(flag));
  return unknown === undefined || unknown === "--help" || unknown === "--version"
    ? undefined
    : `${command.path} has no option ${unknown}`;
}
