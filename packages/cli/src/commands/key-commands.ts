import { readFile } from "@leeward/world";
import type { Command } from "commander";
import { renderSVG, renderUnicodeCompact } from "uqr";
import type { CliHost } from "../command-context.ts";
import { requireFresh } from "../fresh-file.ts";
import { absolutePath, type OptionValues, type ProgramState, plainCommand, positiveNumber } from "../leaf-command.ts";
import { printDocument } from "../output.ts";
import { keyNotTyped, splitInvalid } from "../recovery-key/faults.ts";
import { fingerprintText, readKey, writeFresh, writeKey } from "../recovery-key/key-file.ts";
import { KEY_LINES, keyLines, keyOfLines, keyPage } from "../recovery-key/key-page.ts";
import {
  type FoundShare,
  joinShares,
  SHARES_MAX,
  shareOfText,
  sharePage,
  splitKey,
} from "../recovery-key/key-share.ts";
import { wrongIn } from "../recovery-key/typed-lines.ts";
import { requireName } from "../required-argument.ts";

const PAGE_BYTES_MAX = 64 * 1024;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** `leeward key print|read|split|join`: copies of the recovery key that need no server, on paper and in shares. */
export function addKeyCopyCommands(key: Command, state: ProgramState): void {
  addPrint(key, state);
  addRead(key, state);
  addSplit(key, state);
  addJoin(key, state);
}

function addPrint(key: Command, state: ProgramState): void {
  const print = key
    .command("print <file>")
    .description("print an exported recovery key as a page: lines that can be typed, and a QR code of them")
    .option("--svg <file>", "also write the QR code to a new file");
  plainCommand(state, print, async (context, args, options) => {
    const { files } = context.host;
    const found = await readKey(files, absolutePath(context.host, requireName(args, 0)));
    const lines = keyLines(found);
    const text = lines.join("\n");
    const svg = options.text("svg");
    const path = svg === undefined ? null : absolutePath(context.host, svg);
    if (path !== null) await writeFresh(files, path, renderSVG(text));
    const document = { fingerprint: fingerprintText(found.fingerprint), lines, svg: path };
    printDocument(context, document, () => `${keyPage(found)}\n${renderUnicodeCompact(text)}`);
  });
}

function addRead(key: Command, state: ProgramState): void {
  const read = key
    .command("read [file]")
    .description("make the key's file of a printed page, typed into a file or, without one, line by line here")
    .requiredOption("--to <file>", "the key's file, which must not exist");
  plainCommand(state, read, async (context, args, options) => {
    const { host } = context;
    const to = absolutePath(host, options.text("to") ?? "");
    await requireFresh(host.files, to);
    const [file] = args;
    const from = file === undefined ? "what was typed" : absolutePath(host, file);
    const found = keyOfLines(file === undefined ? await typed(host) : await textOf(host, from), from);
    await writeKey(host.files, to, found.scalar);
    const document = { fingerprint: fingerprintText(found.fingerprint), file: to };
    printDocument(context, document, (item) => `The recovery key ${item.fingerprint} is in ${item.file}.`);
  });
}

function addSplit(key: Command, state: ProgramState): void {
  const split = key
    .command("split <file>")
    .description("split an exported recovery key into shares, of which some give it again and fewer say nothing")
    .requiredOption("--shares <n>", "how many shares", positiveNumber)
    .requiredOption("--threshold <k>", "how many of them give the key", positiveNumber)
    .requiredOption("--out <folder>", "where the shares' files are written; none of them may be there")
    .option("--name <name...>", "who keeps each share, in order; share-1, share-2, … unless told");
  plainCommand(state, split, async (context, args, options) => {
    const { host } = context;
    const how = howToSplit(options);
    const found = await readKey(host.files, absolutePath(host, requireName(args, 0)));
    const folder = absolutePath(host, options.text("out") ?? "").replace(/(.)\/+$/, "$1");
    await host.files.makeFolder(folder);
    const paths = how.names.map((name) => `${folder}/${name}.share`);
    for (const path of paths) await requireFresh(host.files, path);
    const shares = await splitKey(found, { ...how, random: host.world.random });
    const items = shares.map((share, index) => ({ ...share, path: paths[index] ?? "", name: how.names[index] ?? "" }));
    const begun: string[] = [];
    try {
      for (const share of items) {
        await writeFresh(host.files, share.path, sharePage(share, share.name));
        begun.push(share.path);
      }
      // As they lie there now, they give the key.
      const written = await Promise.all(paths.map((path) => shareAt(host, path)));
      await joinShares(written);
    } catch (error) {
      // Half a split is none.
      for (const path of begun) await host.files.remove(path);
      throw error;
    }
    const { set, shares: count, threshold } = { ...how, set: shares[0]?.set ?? "", shares: shares.length };
    const document = {
      fingerprint: fingerprintText(found.fingerprint),
      split: set,
      shares: count,
      threshold,
      items: items.map(({ name, number, path }) => ({ name, number, file: path })),
    };
    printDocument(context, document, (item) =>
      [
        `Any ${item.threshold} of these give the recovery key ${item.fingerprint}:`,
        ...item.items.map(({ number, file }) => `  ${number}  ${file}`),
        "Give each to somebody else, and remove the key's own file when they have them.",
      ].join("\n"),
    );
  });
}

function addJoin(key: Command, state: ProgramState): void {
  const join = key
    .command("join <share...>")
    .description("make the key's file of enough of its shares, as files or typed from paper into files")
    .requiredOption("--to <file>", "the key's file, which must not exist");
  plainCommand(state, join, async (context, args, options) => {
    const { host } = context;
    const to = absolutePath(host, options.text("to") ?? "");
    await requireFresh(host.files, to);
    const shares: FoundShare[] = [];
    for (const share of args) shares.push(await shareAt(host, absolutePath(host, share)));
    const found = await joinShares(shares);
    await writeKey(host.files, to, found.scalar);
    const document = { fingerprint: fingerprintText(found.fingerprint), file: to, shares: shares.length };
    printDocument(context, document, (item) => `The recovery key ${item.fingerprint} is in ${item.file}.`);
  });
}

/** @throws Fault `split-invalid` */
function howToSplit(options: OptionValues): { shares: number; threshold: number; names: readonly string[] } {
  const [shares, threshold] = [options.number("shares") ?? 0, options.number("threshold") ?? 0];
  if (!Number.isInteger(shares) || shares < 2 || shares > SHARES_MAX)
    throw splitInvalid(`${shares} shares are asked for`);
  if (!Number.isInteger(threshold) || threshold < 2 || threshold > shares)
    throw splitInvalid(`${threshold} of ${shares} shares are to give it`);
  const told = options.texts("name");
  const names = told.length === 0 ? Array.from({ length: shares }, (_, index) => `share-${index + 1}`) : told;
  if (names.length !== shares) throw splitInvalid(`${names.length} names are given for ${shares} shares`);
  const wrong = names.find((name, index) => !NAME.test(name) || names.indexOf(name) !== index);
  if (wrong !== undefined) throw splitInvalid(`${JSON.stringify(wrong)} is no name of a file, or is given twice`);
  return { shares, threshold, names };
}

async function shareAt(host: CliHost, path: string): Promise<FoundShare> {
  return shareOfText(await textOf(host, path), path);
}

async function textOf({ files }: CliHost, path: string): Promise<string> {
  return new TextDecoder().decode(await readFile(files, path, PAGE_BYTES_MAX));
}

/** Each line is asked for until it is right. @throws Fault `key-not-typed` */
async function typed({ ask, stderr }: CliHost): Promise<string> {
  if (ask === undefined) throw keyNotTyped();
  const lines: string[] = [];
  while (lines.length < KEY_LINES) {
    const number = lines.length + 1;
    const line = (await ask(`Line ${number} of ${KEY_LINES}: `)).replace(new RegExp(`^\\s*${number}\\s+`), "");
    const wrong = wrongIn(number, line);
    if (wrong === undefined) lines.push(`${number}  ${line}`);
    else stderr.write(`Line ${number} is wrong: ${wrong.why}.\n`);
  }
  return lines.join("\n");
}
