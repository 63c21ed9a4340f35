// Markdown as marked reads it, without what its types leave open: only the kinds of tokens that it makes by itself.
import { lexer, type MarkedToken, type Token } from "marked";

export type { MarkedToken, Tokens } from "marked";

const KINDS: ReadonlySet<string> = new Set<MarkedToken["type"]>([
  "blockquote",
  "br",
  "checkbox",
  "code",
  "codespan",
  "def",
  "del",
  "em",
  "escape",
  "heading",
  "hr",
  "html",
  "image",
  "link",
  "list",
  "list_item",
  "paragraph",
  "space",
  "strong",
  "table",
  "text",
]);

export function tokensOf(markdown: string): MarkedToken[] {
  return known(lexer(markdown));
}

/** Those of our kinds; there are no others while marked has no extension. */
export function known(tokens: readonly Token[] | undefined): MarkedToken[] {
  return (tokens ?? []).filter((token): token is MarkedToken => KINDS.has(token.type));
}

/** What is inside of a token, one level down; table cells and list items as well. */
export function within(token: MarkedToken): MarkedToken[] {
  switch (token.type) {
    case "list":
      return [...token.items];
    case "table":
      return [...token.header, ...token.rows.flat()].flatMap((cell) => known(cell.tokens));
    case "blockquote":
    case "del":
    case "em":
    case "heading":
    case "link":
    case "list_item":
    case "paragraph":
    case "strong":
    case "text":
      return known(token.tokens);
    default:
      return [];
  }
}

/** A token and all that is in it, in the order of the page. */
export function* walk(tokens: readonly MarkedToken[]): Generator<MarkedToken> {
  for (const token of tokens) {
    yield token;
    yield* walk(within(token));
  }
}

/** What a reader reads of it, without marks. */
export function plainText(tokens: readonly MarkedToken[]): string {
  return tokens
    .map((token) => {
      const inner = within(token);
      if (inner.length > 0) return plainText(inner) + (token.type === "paragraph" ? " " : "");
      if (token.type === "br") return " ";
      return "text" in token && token.type !== "html" ? token.text : "";
    })
    .join("");
}

/** The name of a heading in addresses: as forges make them. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

/** A cell of a table may not hold what ends it. */
export function cellOf(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
