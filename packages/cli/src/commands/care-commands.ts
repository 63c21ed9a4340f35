import { EXIT_CODES } from "@leeward/base";
import type { Command } from "commander";
import { Concluded } from "../conclusion.ts";
import { plainBytes } from "../human-text.ts";
import { absolutePath, type ProgramState, plainCommand, serverCommand } from "../leaf-command.ts";
import { printDocument, printList } from "../output.ts";

/** `leeward doctor` and `leeward support bundle`: what is wrong here, and what to send to who helps. */
export function addCareCommands(program: Command, state: ProgramState, version: string): void {
  const doctor = program
    .command("doctor")
    .description("check this machine, and the homes on it; exit 1 if Leeward cannot work here")
    .option("--home <dir...>", "homes of daemons to check as well");
  plainCommand(state, doctor, async (context, _args, options) => {
    const { examine } = await import("../doctor/node-examination.ts");
    const homes = options.texts("home").map((home) => absolutePath(context.host, home));
    const items = await examine(context.host, homes);
    printList(
      context,
      { items },
      {
        CHECK: (item) => item.check,
        STATE: (item) => item.state,
        FOUND: (item) => item.message,
        DO: (item) => item.remedy ?? "",
      },
    );
    if (items.some((item) => item.state === "failed")) throw new Concluded(EXIT_CODES.failed);
  });

  const bundle = program
    .command("support")
    .description("help from afar")
    .command("bundle")
    .description(
      "gather versions, settings, status and events in one gzipped JSON file; no key, token or secret is in it",
    )
    .requiredOption("--to <file>", "the file, which must not exist");
  serverCommand(state, bundle, async (context, _args, options) => {
    const { writeBundle } = await import("../support/support-bundle.ts");
    const home = options.text("home");
    const to = absolutePath(context.host, options.text("to") ?? "");
    const written = await writeBundle(context, {
      to,
      version,
      home: home === undefined ? undefined : absolutePath(context.host, home),
    });
    printDocument(context, written, (item) => {
      const without =
        item.missing.length === 0
          ? ""
          : ` Without: ${item.missing.map(({ part, code }) => `${part} [${code}]`).join(", ")}.`;
      return `Wrote ${plainBytes(item.bytes)} to ${item.file}.${without}`;
    });
  });
}
