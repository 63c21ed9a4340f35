// Markdown as a man page, by the macros of man(7). A table becomes a list of its first column, since a terminal has no room for wide ones.
import { known, type MarkedToken, plainText, type Tokens, within } from "./markdown.ts";

export interface ManPageHead {
  /** "leeward-disk" */
  readonly name: string;
  /** 1, 5, 7 or 8. */
  readonly section: number;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly version: string;
}

/** The whole page; what its Markdown has as headings of level 2 and 3 become its sections. */
export function manPage(head: ManPageHead, tokens: readonly MarkedToken[]): string {
  const { name, section, summary, version } = head;
  const title = `.TH ${quoted(name.toUpperCase())} ${section} "" ${quoted(`Leeward ${version}`)} "Leeward"`;
  return `${[title, ".SH NAME", `${escapeRoff(name)} \\- ${escapeRoff(summary)}`, ...blocks(tokens)].join("\n")}\n`;
}

function blocks(tokens: readonly MarkedToken[]): string[] {
  return tokens.flatMap(block);
}

function block(token: MarkedToken): string[] {
  switch (token.type) {
    case "heading":
      return heading(token);
    case "paragraph":
      return [".PP", line(within(token))];
    case "text":
      return [line(within(token).length > 0 ? within(token) : [token])];
    case "code":
      return [".PP", ".RS 4", ".nf", ...token.text.split("\n").map(literalLine), ".fi", ".RE"];
    case "list":
      return token.items.flatMap((item, at) =>
        listItem(item, token.ordered ? `${Number(token.start) + at}.` : "\\(bu"),
      );
    case "table":
      return token.rows.flatMap((row) => tableRow(row, token.header));
    case "blockquote":
      return [".RS 4", ...blocks(within(token)), ".RE"];
    default:
      return [];
  }
}

function heading(token: Tokens.Heading): string[] {
  const text = quoted(plainText(within(token)));
  switch (token.depth) {
    // The title is the page's name.
    case 1:
      return [];
    case 2:
      return [`.SH ${text}`];
    case 3:
      return [`.SS ${text}`];
    default:
      return [".PP", `.B ${text}`];
  }
}

function listItem(item: Tokens.ListItem, mark: string): string[] {
  const [first, ...rest] = known(item.tokens);
  const head = first === undefined ? [] : [line(within(first))];
  return [`.IP ${mark} 4`, ...head, ...(rest.length === 0 ? [] : [".RS 4", ...blocks(rest), ".RE"])];
}

/** The first cell, and below it the others; with what they are, where there are several. */
function tableRow(row: readonly Tokens.TableCell[], header: readonly Tokens.TableCell[]): string[] {
  const [first, ...others] = row;
  const lines = others.flatMap((cell, at) => {
    const text = line(known(cell.tokens));
    const name = header[at + 1]?.text ?? "";
    if (text === "") return [];
    return others.length === 1 ? [text] : [`${escapeRoff(name)}: ${text.replace(/^\\&/, "")}`, ".br"];
  });
  const tag = line(known(first?.tokens));
  return [".TP", `\\fB${tag}\\fR`, ...(lines.at(-1) === ".br" ? lines.slice(0, -1) : lines)];
}

/** Running text on one line of roff, whatever lines it was written on. */
function line(tokens: readonly MarkedToken[]): string {
  return guarded(inline(tokens).replaceAll(/\s+/g, " ").trim());
}

function inline(tokens: readonly MarkedToken[]): string {
  return tokens
    .map((token) => {
      switch (token.type) {
        case "codespan":
          return `\\fB${escapeRoff(token.text)}\\fP`;
        case "strong":
          return `\\fB${inline(within(token))}\\fP`;
        case "em":
          return `\\fI${inline(within(token))}\\fP`;
        case "br":
          return " ";
        case "html":
          return "";
        case "link":
          return linkText(token);
        default:
          return within(token).length > 0 ? inline(within(token)) : escapeRoff("text" in token ? token.text : "");
      }
    })
    .join("");
}

/** A page of the manual is a man page as well; what is elsewhere has its address beside it. */
function linkText(token: Tokens.Link): string {
  const text = inline(within(token));
  const page = /^([a-z-]+)\.md/.exec(token.href)?.[1];
  if (page !== undefined) return `${text} (see ${manPageOf(page)})`;
  return token.href.startsWith("#") || token.href === token.text ? text : `${text} (${escapeRoff(token.href)})`;
}

/** What a page of the manual is as a man page. */
function manPageOf(page: string): string {
  if (page === "index" || page === "commands") return "\\fBleeward\\fP(1)";
  return `\\fB${escapeRoff(`leeward-${page}`)}\\fP(${page === "settings" ? 5 : 7})`;
}

function literalLine(text: string): string {
  return guarded(escapeRoff(text));
}

/** A dot or an apostrophe at the start of a line would be a request. */
function guarded(text: string): string {
  return /^[.']/.test(text) ? `\\&${text}` : text;
}

function quoted(text: string): string {
  return `"${escapeRoff(text).replaceAll('"', "\\(dq")}"`;
}

function escapeRoff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replaceAll("`", "\\(ga")
    .replaceAll("'", "\\(aq");
}
