// The manual as a list of pages. docs/manual/index.md is the first, and the order of its links is the order of the pages; some of these are written by people,
// the others are made from what the program itself parses with.
import { commandsPage } from "./commands.ts";
import { faultsPage } from "./faults.ts";
import { type MarkedToken, plainText, tokensOf, walk, within } from "./markdown.ts";
import { filesOf, PAGES, textOf } from "./repository.ts";
import { settingsPage } from "./settings.ts";

export interface ManualPage {
  /** "quick-start": of its file, its address and its man page. */
  readonly name: string;
  readonly title: string;
  /** What the list of pages says of it. */
  readonly summary: string;
  readonly tokens: readonly MarkedToken[];
  /** Whether people write it, so that its commands are run. */
  readonly isWritten: boolean;
}

const MADE: Readonly<Record<string, () => string | Promise<string>>> = {
  commands: commandsPage,
  settings: settingsPage,
  faults: faultsPage,
};

/** Every page, in order. @throws when one is not in the list, or the list names one that is not there */
export async function manualPages(): Promise<ManualPage[]> {
  const index = pageOf("index", { markdown: textOf(`${PAGES}/index.md`), summary: "", isWritten: true });
  const written = filesOf(PAGES).map((file) => file.replace(/\.md$/, ""));
  const pages = [index];
  for (const { name, summary } of listed(index)) {
    const make = MADE[name];
    const markdown = make === undefined ? textOf(`${PAGES}/${name}.md`) : await make();
    pages.push(pageOf(name, { markdown, summary, isWritten: make === undefined }));
  }
  const lost = written.filter((name) => pages.every((page) => page.name !== name));
  if (lost.length > 0) throw new Error(`${PAGES}/index.md does not list ${lost.join(", ")}`);
  return pages;
}

function pageOf(
  name: string,
  {
    markdown,
    summary,
    isWritten,
  }: { readonly markdown: string; readonly summary: string; readonly isWritten: boolean },
): ManualPage {
  const tokens = tokensOf(markdown);
  const title = tokens.find((token) => token.type === "heading");
  if (title?.type !== "heading" || title.depth !== 1) throw new Error(`the page ${name} does not begin with a title`);
  return { name, title: plainText(within(title)), summary, tokens, isWritten };
}

/** The items of its lists that begin with a link to a page: `- [Title](name.md): summary`. */
function listed(index: ManualPage): { name: string; summary: string }[] {
  return [...walk(index.tokens)].flatMap((token) => {
    if (token.type !== "list_item") return [];
    const [link, ...rest] = [...walk(within(token))].filter(({ type }) => type === "link");
    if (link?.type !== "link" || rest.length > 0) return [];
    const name = /^([a-z-]+)\.md$/.exec(link.href)?.[1];
    const summary = plainText(within(token))
      .slice(plainText(within(link)).length + 1)
      .trim();
    return name === undefined ? [] : [{ name, summary }];
  });
}
