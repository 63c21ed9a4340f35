// The manual as a folder of HTML that needs no server and nothing from elsewhere: it is read over file:// on a machine without a network as well.
import { Marked, type Renderer, type Tokens } from "marked";
import { plainText, slugOf, within } from "./markdown.ts";
import type { ManualPage } from "./pages.ts";
import { textOf } from "./repository.ts";

/** One heading and what stands below it, for the search. */
interface Section {
  readonly page: string;
  readonly title: string;
  readonly anchor: string;
  readonly text: string;
}

/** Name → content of every file of the site. */
export function siteFiles(pages: readonly ManualPage[], version: string): Map<string, string> {
  const files = new Map(pages.map((page) => [`${page.name}.html`, htmlOf(page, { pages, version })]));
  files.set("style.css", textOf("manual/files/style.css"));
  files.set("search.js", textOf("manual/files/search.js"));
  files.set("search-index.js", `const sections = ${JSON.stringify(pages.flatMap(sectionsOf))};\n`);
  return files;
}

interface Book {
  readonly pages: readonly ManualPage[];
  readonly version: string;
}

function htmlOf(page: ManualPage, { pages, version }: Book): string {
  const at = pages.indexOf(page);
  const contents = pages.map(({ name, title }) => {
    const here = name === page.name ? ' aria-current="page"' : "";
    return `<li><a href="${name}.html"${here}>${escapeHtml(title)}</a></li>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)} – Leeward ${version}</title>
<link rel="stylesheet" href="style.css">
<script src="search-index.js" defer></script>
<script src="search.js" defer></script>
</head>
<body>
<a class="skip" href="#content">To the text</a>
<header><a href="index.html">Leeward ${version}</a></header>
<nav aria-label="Pages">
<form role="search"><label for="search">Search (press /)</label><input id="search" type="search" autocomplete="off"></form>
<ul id="found" aria-live="polite" hidden></ul>
<ul id="pages">
${contents.join("\n")}
</ul>
</nav>
<main id="content" tabindex="-1">
${bodyOf(page)}
<footer>${neighbour(pages[at - 1], "prev", "Before: ")} ${neighbour(pages[at + 1], "next", "Next: ")}</footer>
</main>
</body>
</html>
`;
}

function neighbour(page: ManualPage | undefined, rel: string, word: string): string {
  return page === undefined ? "" : `<a rel="${rel}" href="${page.name}.html">${word}${escapeHtml(page.title)}</a>`;
}

const renderer: Partial<Renderer> = {
  heading(this: Renderer, { tokens, depth, text }: Tokens.Heading): string {
    const anchor = slugOf(plainText(within({ type: "heading", raw: text, depth, text, tokens })));
    const inner = this.parser.parseInline(tokens);
    return `<h${depth} id="${anchor}">${inner}<a class="anchor" href="#${anchor}" aria-label="Link to this">#</a></h${depth}>\n`;
  },
  link(this: Renderer, { href, raw, tokens }: Tokens.Link): string {
    const inner = this.parser.parseInline(tokens);
    // An address that stands in a text is an example, and leads nowhere.
    if (!raw.startsWith("[")) return inner;
    return `<a href="${escapeHtml(href.replace(/^([a-z-]+)\.md/, "$1.html"))}">${inner}</a>`;
  },
  // What is written for the test is not for the reader.
  html(): string {
    return "";
  },
  code({ text, lang = "" }: Tokens.Code): string {
    return `<pre class="${escapeHtml(lang)}" tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
  },
  table(this: Renderer, { header, rows }: Tokens.Table): string {
    const row = (cells: readonly Tokens.TableCell[], tag: string): string =>
      `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")}</tr>`;
    const body = rows.map((cells) => row(cells, "td")).join("\n");
    return `<div class="table" tabindex="0"><table><thead>${row(header, "th")}</thead>\n<tbody>${body}</tbody></table></div>\n`;
  },
};

const marked = new Marked({ renderer });

function bodyOf({ tokens }: ManualPage): string {
  return marked.parser([...tokens]);
}

function sectionsOf(page: ManualPage): Section[] {
  const sections: { page: string; title: string; anchor: string; text: string }[] = [];
  for (const token of page.tokens) {
    if (token.type === "heading") {
      const title = plainText(within(token));
      sections.push({ page: page.name, title, anchor: slugOf(title), text: "" });
    } else if (token.type !== "html") {
      const last = sections.at(-1);
      if (last !== undefined) last.text += ` ${plainText([token])}`;
    }
  }
  return sections;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
