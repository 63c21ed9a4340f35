import { assert } from "@leeward/base";

/** An element with its attributes and what is inside of it: elements, or one text. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly content: readonly XmlElement[] | string;
}

const NAME = /^[A-Za-z][A-Za-z0-9_:-]*$/;
/** What XML 1.0 cannot hold in any form (its production Char); halves of a pair are lone under the flag u. */
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what is looked for
const NEVER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;
const NEVER_ALL = new RegExp(NEVER, "gu");

export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>> = {},
  content: readonly XmlElement[] | string = [],
): XmlElement {
  assert(NAME.test(name) && Object.keys(attributes).every((each) => NAME.test(each)), `${name} is no XML name of ours`);
  return { name, attributes, content };
}

/** Whether XML can hold the text as it is. */
export function fitsXml(text: string): boolean {
  return !NEVER.test(text);
}

/** The text for people, with a mark for what XML cannot hold, on one line. */
export function xmlTitle(text: string): string {
  return text.replace(NEVER_ALL, "\ufffd").replace(/\s+/g, " ");
}

/** The document. Every text is escaped; one that XML cannot hold is a mistake of ours, since it was to be refused before. */
export function xmlText(root: XmlElement, indent = ""): string {
  const attributes = Object.entries(root.attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  const begin = `${indent}<${root.name}${attributes.join("")}`;
  if (typeof root.content === "string") return `${begin}>${escaped(root.content)}</${root.name}>\n`;
  if (root.content.length === 0) return `${begin}/>\n`;
  const inside = root.content.map((each) => xmlText(each, `${indent}  `));
  return `${begin}>\n${inside.join("")}${indent}</${root.name}>\n`;
}

/** Line ends and tabs too: a reader makes blanks of them in attributes. */
function escaped(text: string): string {
  assert(fitsXml(text), "a text cannot be in XML");
  return text.replace(/[&<>"'\t\n\r]/g, (each) => `&#${each.charCodeAt(0)};`);
}
