/** Source text as the checks of this folder see it: good enough for our own formatted code, no parser. */

/** The text with each comment blanked out; strings stay, and so does every position. */
export function withoutComments(source: string): string {
  const pattern = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return source.replace(pattern, (match) => (match.startsWith("/") ? match.replace(/[^\n]/g, " ") : match));
}

/** The text with comments and the insides of strings blanked out, so that only code is left. */
export function codeOnly(source: string): string {
  const pattern = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
  return withoutComments(source).replace(pattern, (match) => `"${" ".repeat(match.length - 2)}"`);
}

/** What the source imports, as written: "node:fs", "./extent.ts", "@leeward/base". */
export function importsOf(source: string): string[] {
  const text = withoutComments(source).replace(/`(?:[^`\\]|\\.)*`/g, "``");
  const patterns = [/\bfrom\s+"([^"]+)"/g, /\bimport\s*\(\s*"([^"]+)"/g, /^import\s+"([^"]+)"/gm];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ""));
}

/** From the bracket at `open` to after the one that closes it. */
export function bracketed(text: string, open: number): string {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    const skip = stringLength(text, at);
    if (skip > 0) at += skip - 1;
    else if ("([{".includes(text[at] ?? "")) depth += 1;
    else if (")]}".includes(text[at] ?? "")) {
      depth -= 1;
      if (depth === 0) return text.slice(open, at + 1);
    }
  }
  return text.slice(open);
}

/** What stands between the commas of a bracketed text, trimmed; brackets and strings inside are kept whole. */
export function itemsOf(bracketedText: string): string[] {
  const text = bracketedText.slice(1, -1);
  const items: string[] = [];
  let begin = 0;
  for (let at = 0; at < text.length; at += 1) {
    const skip = stringLength(text, at);
    if (skip > 0) at += skip - 1;
    else if ("([{".includes(text[at] ?? "")) at += bracketed(text, at).length - 1;
    else if (text[at] === ",") {
      items.push(text.slice(begin, at).trim());
      begin = at + 1;
    }
  }
  items.push(text.slice(begin).trim());
  return items.filter((item) => item !== "");
}

/** Every string literal in an expression. */
export function literalsOf(expression: string): string[] {
  return [...expression.matchAll(/"([^"\\\n]*)"/g)].map((match) => match[1] ?? "");
}

function stringLength(text: string, at: number): number {
  const quote = text[at];
  if (quote !== '"' && quote !== "'" && quote !== "`") return 0;
  let end = at + 1;
  while (end < text.length && text[end] !== quote) end += text[end] === "\\" ? 2 : 1;
  return end - at + 1;
}
