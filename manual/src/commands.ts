// The reference of the commands, out of the tree that the executable itself parses with.
import { commandTree } from "@leeward/leeward";
import type { Command, Option } from "commander";
import { cellOf } from "./markdown.ts";

export interface CommandOption {
  /** "--at <point>" */
  readonly flags: string;
  readonly text: string;
  readonly isRequired: boolean;
}

export interface CommandFacts {
  /** "leeward point save" */
  readonly path: string;
  readonly summary: string;
  /** "leeward point save [options] <machine> <disk>" */
  readonly usage: string;
  readonly options: readonly CommandOption[];
  /** What its help says below the options. */
  readonly remarks: string;
  /** The commands below it; none where it does something itself. */
  readonly commands: readonly CommandFacts[];
}

/** Options that nearly every command has, told once. */
const COMMON = /^--(home <dir>|json)$/;

/** `leeward` and all that is below it. */
export function commandFacts(): CommandFacts {
  return factsOf(commandTree(), "");
}

function factsOf(command: Command, above: string): CommandFacts {
  const path = `${above}${command.name()}`;
  return {
    path,
    summary: command.description(),
    usage: `${above}${command.name()} ${command.usage()}`.trim(),
    options: command.options.filter(({ hidden }) => !hidden).map((each) => optionFacts(each)),
    remarks: remarksOf(command),
    commands: command.commands.map((each) => factsOf(each, `${path} `)).sort(byPath),
  };
}

function byPath(one: CommandFacts, other: CommandFacts): number {
  return one.path < other.path ? -1 : 1;
}

function optionFacts(option: Option): CommandOption {
  const choices = option.argChoices === undefined ? "" : ` (${option.argChoices.join(", ")})`;
  const fallback = typeof option.defaultValue === "string" ? ` (default: ${option.defaultValue})` : "";
  return { flags: option.flags, text: `${option.description}${choices}${fallback}`, isRequired: option.mandatory };
}

function remarksOf(command: Command): string {
  let said = "";
  command.configureOutput({ writeOut: (text) => void (said += text) });
  command.outputHelp();
  return said.slice(command.helpInformation().length).trim();
}

/** All commands that do something, in order. */
export function leavesOf(facts: CommandFacts): CommandFacts[] {
  return facts.commands.length === 0 ? [facts] : facts.commands.flatMap(leavesOf);
}

/** The page of all commands. */
export function commandsPage(): string {
  const program = commandFacts();
  const groups = program.commands.map((each) => commandSection(each, 2));
  return `# Commands

Every command of \`leeward\`, as its own \`--help\` tells it; this page is made from that. What a command prints with \`--json\` is described by a
JSON Schema in \`docs/cli\` of the sources.

${commonText()}
${groups.join("\n")}`;
}

/** What holds for every command. */
export function commonText(): string {
  return `The server is found by \`--home DIR\` (a server's home, on its own machine), else by the variables \`LEEWARD_SERVER\`, \`LEEWARD_TOKEN_FILE\`
and \`LEEWARD_CA_FILE\`, else by \`~/.config/leeward/context.json\`, which holds the three as \`server\`, \`tokenFile\` and \`caFile\`.

\`--json\` prints one JSON document on stdout, and errors as JSON on stderr.

| Exit code | Meaning |
| --- | --- |
| 0 | done |
| 1 | failed, or a job of it failed; of \`status\`, \`doctor\` and \`plan dry-run\`: something needs a person |
| 2 | the command line or a setting is not right |
| 3 | what is named is not there |
| 4 | refused, or in conflict with what is |
| 5 | a server or a machine cannot be reached |
| 6 | the time given with \`--timeout\` is over; what was begun goes on |
| 7 | something is damaged |
`;
}

/** A command and those below it, as Markdown with headings from `level` on. */
export function commandSection(facts: CommandFacts, level: number): string {
  const head = `${"#".repeat(level)} ${facts.path}\n\n${sentence(facts.summary)}\n`;
  if (facts.commands.length > 0)
    return `${head}\n${facts.commands.map((each) => commandSection(each, level + 1)).join("\n")}`;
  const options = facts.options.filter(({ flags }) => !COMMON.test(flags));
  const remarks = facts.remarks === "" ? "" : `\n\`\`\`text\n${facts.remarks}\n\`\`\`\n`;
  return `${head}\n\`\`\`text\n${facts.usage}\n\`\`\`\n${optionTable(options)}${remarks}`;
}

function optionTable(options: readonly CommandOption[]): string {
  if (options.length === 0) return "";
  const rows = options.map(
    ({ flags, text, isRequired }) =>
      `| \`${cellOf(flags)}\` | ${cellOf(escaped(text))}${isRequired ? "; required" : ""} |`,
  );
  return `\n| Option | What it is for |\n| --- | --- |\n${rows.join("\n")}\n`;
}

function sentence(text: string): string {
  return `${escaped(text.slice(0, 1).toUpperCase() + text.slice(1))}.`;
}

/** Plain words of a help text, which Markdown would read as marks. */
function escaped(text: string): string {
  return text.replaceAll(/(?<!`)[<>*_]/g, (mark) => `\\${mark}`);
}
