import { bracketed, itemsOf, literalsOf, withoutComments } from "./source-text.ts";

/** One code that the sources give to a Fault. */
export interface FaultCode {
  readonly code: string;
  /** Those that stand beside it as literals. */
  readonly kinds: ReadonlySet<string>;
  /** Where it is made. */
  readonly paths: ReadonlySet<string>;
}

export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A function that makes a Fault of the code, and perhaps the kind, that it is given. */
interface Maker {
  readonly name: string;
  readonly codeAt: number;
  /** The kind it gives itself, or where it takes it from. */
  readonly kinds: readonly string[];
  readonly kindAt: number;
  readonly path: string;
  readonly exported: boolean;
}

/**
 * Every code given to `new Fault({ code … })` in one package: as a literal there, or handed to a function that passes it on. What
 * comes from elsewhere at run time (a peer's own fault told on) is not a code of ours and is left out.
 */
export function faultCodesOf(sources: readonly Source[]): Map<string, FaultCode> {
  const codes = new Map<string, FaultCode>();
  const stripped = sources.map(({ path, text }) => ({ path, text: withoutComments(text) }));
  const makers: Maker[] = [];
  for (const source of stripped) {
    for (const match of source.text.matchAll(/\bnew Fault\(/g)) {
      const call = { ...source, at: match.index, properties: propertiesOf(source.text, match.index) };
      const literals = literalsOf(call.properties.get("code") ?? "");
      const kinds = literalsOf(call.properties.get("kind") ?? "");
      for (const code of literals) note(codes, { code, kinds, path: source.path });
      if (literals.length === 0) makers.push(...makerAround(call, kinds));
    }
  }
  for (const maker of makers) noteCalls(codes, stripped, maker);
  return codes;
}

interface FaultCall extends Source {
  readonly at: number;
  readonly properties: ReadonlyMap<string, string>;
}

function propertiesOf(text: string, at: number): Map<string, string> {
  const [options = ""] = itemsOf(bracketed(text, text.indexOf("(", at)));
  const properties = new Map<string, string>();
  for (const item of options.startsWith("{") ? itemsOf(options) : []) {
    const [, name = "", value] = /^(\w+)\s*(?::([\s\S]*))?$/.exec(item) ?? [];
    properties.set(name, (value ?? name).trim());
  }
  return properties;
}

/** The nearest function before the call that has the code's name among its parameters. */
function makerAround({ path, text, at, properties }: FaultCall, kinds: readonly string[]): Maker[] {
  const code = properties.get("code") ?? "";
  if (!/^\w+$/.test(code)) return [];
  const headers = [...text.slice(0, at).matchAll(/(export )?(?:function |const |#)(\w+)[^(){};]*(?=\()/g)];
  for (const header of headers.reverse()) {
    const [all, exported, name = ""] = header;
    const parameters = itemsOf(bracketed(text, header.index + all.length)).map((each) => /^\w+/.exec(each)?.[0]);
    const codeAt = parameters.indexOf(code);
    if (codeAt === -1) continue;
    const kindAt = parameters.indexOf(properties.get("kind") ?? "");
    return [{ name, codeAt, kinds, kindAt, path, exported: exported !== undefined }];
  }
  return [];
}

function noteCalls(codes: Map<string, FaultCode>, sources: readonly Source[], maker: Maker): void {
  for (const { path, text } of sources) {
    if (path !== maker.path && !maker.exported) continue;
    for (const match of text.matchAll(new RegExp(`(?<!function )\\b${maker.name}\\(`, "g"))) {
      const given = itemsOf(bracketed(text, match.index + match[0].length - 1));
      const kinds = maker.kindAt === -1 ? maker.kinds : literalsOf(given[maker.kindAt] ?? "");
      for (const code of literalsOf(given[maker.codeAt] ?? "")) note(codes, { code, kinds, path });
    }
  }
}

/** What a code looks like; another literal beside it is none. */
const CODE = /^[a-z0-9]+(-[a-z0-9]+)+$/;

function note(
  codes: Map<string, FaultCode>,
  found: { readonly code: string; readonly kinds: readonly string[]; readonly path: string },
): void {
  if (!CODE.test(found.code)) return;
  const before = codes.get(found.code);
  codes.set(found.code, {
    code: found.code,
    kinds: new Set([...(before?.kinds ?? []), ...found.kinds]),
    paths: new Set([...(before?.paths ?? []), found.path]),
  });
}
