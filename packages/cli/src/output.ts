import { errorBodyOf } from "@leeward/api/plain";
import { exitCodeOf } from "@leeward/base";
import Table from "cli-table3";
import pc from "picocolors";
import type { CommandContext, TextSink } from "./command-context.ts";

/** Prints one document: as JSON on one line, else as `human` says it. */
export function printDocument<T>(context: CommandContext, document: T, human: (document: T) => string): void {
  const text = context.json ? JSON.stringify(document) : human(document);
  if (text !== "") context.host.stdout.write(`${text}\n`);
}

/** Prints `{"items":[…]}`, or a table with `columns` for people. */
export function printList<T>(
  context: CommandContext,
  list: { readonly items: readonly T[] },
  columns: Readonly<Record<string, (item: T) => string>>,
): void {
  printDocument(context, list, ({ items }) => (items.length === 0 ? "none" : tableOf(items, columns)));
}

export function tableOf<T>(items: readonly T[], columns: Readonly<Record<string, (item: T) => string>>): string {
  const table = new Table({ head: Object.keys(columns), style: { head: [], border: [] }, chars: PLAIN });
  for (const item of items) table.push(Object.values(columns).map((column) => column(item)));
  return table.toString();
}

const PLAIN = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** The key-value form of one item, for people. */
export function fieldsOf(fields: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields)
    .map(([name, value]) => `${name.padEnd(width)}  ${value}`)
    .join("\n");
}

/** Says on stderr what failed, and returns the exit code. */
export function reportFailure(error: unknown, options: { readonly json: boolean; readonly stderr: TextSink }): number {
  const body = errorBodyOf(error);
  if (options.json) options.stderr.write(`${JSON.stringify(body)}\n`);
  else {
    const { code, message, remedy } = body.error;
    const colour = options.stderr.isTerminal ? pc.createColors(true) : pc.createColors(false);
    options.stderr.write(`leeward: ${colour.red(message)} [${code}]\n${remedy === null ? "" : `${remedy}\n`}`);
  }
  return exitCodeOf(error);
}
