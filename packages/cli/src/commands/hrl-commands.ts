import { EXIT_CODES } from "@leeward/base";
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { Concluded } from "../conclusion.ts";
import type { InspectedFile } from "../hrl/segment-files.ts";
import { plainBytes } from "../human-text.ts";
import { absolutePath, type OptionValues, type ProgramState, plainCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";

const KEY_TEXT = "the recovery key, to read encrypted files that lie in a journal with its keys.json";

/** `leeward hrl …`: segment files (.hrl), one by one. */
export function addHrlCommands(program: Command, state: ProgramState): void {
  const hrl = program.command("hrl").description("segment files: change log, journal; tells them from Hyper-V's");

  const verify = hrl
    .command("verify <files...>")
    .description("check every byte that can be checked; exit 7 if any file is bad")
    .option("--key <file>", KEY_TEXT);
  plainCommand(state, verify, async (context, args, options) => {
    const { checkFiles, verifiedFile } = await import("../hrl/segment-files.ts");
    const checks = await checkFiles(context.host.world, pathsOf(context, args), keyOf(context, options));
    const items = checks.map(verifiedFile);
    printList(
      context,
      { items },
      {
        FILE: (item) => item.file,
        VERDICT: (item) => (item.ok ? `good (${item.checked ?? "nothing"})` : "BAD"),
        SEALED: (item) => (item.sealed ? "yes" : "no"),
        RECORDS: (item) => String(item.records ?? "unknown"),
        FROM: (item) => String(item.from ?? "unknown"),
        TO: (item) => String(item.to ?? "unknown"),
        FAULTS: (item) => item.faults.map(({ message }) => message).join(" "),
      },
    );
    if (items.some(({ ok }) => !ok)) throw new Concluded(EXIT_CODES.corrupt);
  });

  const inspect = hrl
    .command("inspect <files...>")
    .description("show what files hold")
    .option("--key <file>", KEY_TEXT);
  plainCommand(state, inspect, async (context, args, options) => {
    const { checkFiles, inspectedFile } = await import("../hrl/segment-files.ts");
    const checks = await checkFiles(context.host.world, pathsOf(context, args), keyOf(context, options));
    const items = checks.map(inspectedFile);
    printDocument(context, { items }, () => items.map(describe).join("\n\n"));
    if (items.some(({ ok }) => !ok)) throw new Concluded(EXIT_CODES.corrupt);
  });
}

function pathsOf({ host }: CommandContext, args: readonly string[]): string[] {
  return args.map((path) => absolutePath(host, path));
}

function keyOf({ host }: CommandContext, options: OptionValues): string | undefined {
  const key = options.text("key");
  return key === undefined ? undefined : absolutePath(host, key);
}

function describe(item: InspectedFile): string {
  const { counts, marks, range, format } = item;
  return fieldsOf({
    file: item.file,
    format:
      format === "hyper-v"
        ? "a log of Hyper-V Replica"
        : format === "leeward"
          ? `Leeward, ${item.kind ?? "unreadable"}`
          : "unknown",
    sealed: item.sealed ? "yes" : "no",
    encrypted: item.keyId === null ? "no" : `with data key ${item.keyId}`,
    "machine / disk": `${item.machine ?? "unknown"} / ${item.disk ?? "unknown"}`,
    branch: item.branch ?? "unknown",
    sequences: `${item.from ?? "unknown"} … ${item.to ?? "unknown"}`,
    range: range === null ? "unknown" : `${plainBytes(range.length)} at ${range.offset}`,
    records:
      counts === null
        ? "unknown"
        : Object.entries(counts)
            .filter(([, count]) => count > 0)
            .map(([kind, count]) => `${count} ${kind}`)
            .join(", "),
    content: plainBytes(item.rawBytes),
    marks: marks === null ? "unknown" : String(marks.length),
    faults: item.faults.map(({ message }) => message).join(" ") || "none",
  });
}
