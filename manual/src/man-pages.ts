// Which man pages there are: one for the program, one for each word below it, one for the settings, and each page of the manual, so that a runbook is there
// when nothing else is.
import { type CommandFacts, commandFacts, commandSection, commonText, leavesOf } from "./commands.ts";
import { tokensOf } from "./markdown.ts";
import type { ManualPage } from "./pages.ts";
import { manPage } from "./roff.ts";

/** Those whose commands are a daemon's: for who runs the machine. */
const DAEMONS = new Set(["agent", "server", "config-server", "process-server", "master-target"]);

/** "man1/leeward.1" → its content. `pages` are those of the manual. */
export function manPages(pages: readonly ManualPage[], version: string): Map<string, string> {
  const program = commandFacts();
  const files = new Map<string, string>();
  const add = (name: string, section: number, { summary, markdown }: { summary: string; markdown: string }): void => {
    files.set(`man${section}/${name}.${section}`, manPage({ name, section, summary, version }, tokensOf(markdown)));
  };
  add("leeward", 1, { summary: "disaster recovery for servers", markdown: programText(program, pages) });
  for (const group of program.commands) {
    const name = group.path.split(" ").at(-1) ?? "";
    const section = DAEMONS.has(name) ? 8 : 1;
    add(`leeward-${name}`, section, { summary: group.summary, markdown: groupText(group) });
  }
  for (const page of pages) {
    // What is in other pages already, by another name.
    if (page.name === "index" || page.name === "commands") continue;
    const section = page.name === "settings" ? 5 : 7;
    const name = `leeward-${page.name}`;
    files.set(
      `man${section}/${name}.${section}`,
      manPage({ name, section, summary: page.summary, version }, [...tokensOf("## DESCRIPTION"), ...page.tokens]),
    );
  }
  return files;
}

function programText(program: CommandFacts, pages: readonly ManualPage[]): string {
  const commands = program.commands.map(({ path, summary }) => `| \`${path}\` | ${summary.replaceAll("|", "\\|")} |`);
  const guides = pages
    .filter(({ name }) => name !== "index" && name !== "commands")
    .map(
      ({ name, title, summary }) => `| \`leeward-${name}\`(${name === "settings" ? 5 : 7}) | ${title}: ${summary} |`,
    );
  return `## SYNOPSIS

\`leeward\` COMMAND … [\`--help\`]

## DESCRIPTION

Leeward keeps a ready-to-boot copy of a server somewhere else. Each command has a page of its own: \`man leeward-COMMAND\`.

${commonText()}
## COMMANDS

| Command | What it does |
| --- | --- |
${commands.join("\n")}

## GUIDES

| Page | What it tells |
| --- | --- |
${guides.join("\n")}
`;
}

function groupText(group: CommandFacts): string {
  const usages = leavesOf(group).map(({ usage }) => usage);
  return `## SYNOPSIS

\`\`\`text
${usages.join("\n")}
\`\`\`

## DESCRIPTION

${commandSection(group, 2).replace(/^.*\n/, "")}
## COMMON OPTIONS AND EXIT CODES

${commonText()}
## SEE ALSO

\`leeward\`(1), \`leeward-faults\`(7)
`;
}
