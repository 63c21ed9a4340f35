// Several certificates or revocation lists in one text, one after another: how authorities are stored and sent while there are two of them.

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

/** The PEM blocks of a text, in order. A text without any is one that does not decode: it is given back whole, for whoever decodes it to say so. */
export function splitPem(text: string): string[] {
  const blocks = [...text.matchAll(BLOCK)].map(([block]) => `${block}\n`);
  return blocks.length === 0 ? [text] : blocks;
}

/** One text of several. */
export function joinPem(blocks: readonly string[]): string {
  return blocks.map((block) => `${block.trim()}\n`).join("");
}
