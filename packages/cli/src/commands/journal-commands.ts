import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { plainTime } from "../human-text.ts";
import type { OfflinePlace } from "../journal/offline-machines.ts";
import { absolutePath, type OptionValues, type ProgramState, plainCommand } from "../leaf-command.ts";
import { printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { describeSaved, formatOf, formatOption } from "../saved-format.ts";
import { fileWanted, withFileArguments } from "./file-commands.ts";

const AT_TEXT = "latest, a point's id, or a time (RFC 3339): the newest point at or before it";
const FOLDER_TEXT = `
DIR is HOME/journal of a master target, one machine's folder in it, or one disk's folder (the one that holds CURRENT); a copy will do.
Nothing in it is changed, so it may be read-only. While its master target runs, points that retention drops meanwhile stop reading.`;

/** `leeward journal …`: recovery with nothing but a journal's folder and the recovery key. Its code is loaded when it is used. */
export function addJournalCommands(program: Command, state: ProgramState): void {
  const journal = program
    .command("journal")
    .description("journals without any server: list, open and save their recovery points, and files of them");

  plainCommand(
    state,
    describe(journal.command("list <dir>"), "list the points that all their disks hold; of one disk with --disk"),
    async (context, args, options) => {
      const { listPointsOffline } = await import("../journal/offline-machines.ts");
      const items = await listPointsOffline(context.host.world, placeOf(context, args, options));
      printList(
        context,
        { items },
        {
          MACHINE: (item) => item.machineName,
          TIME: (item) => plainTime(item.time),
          "VALID UNTIL": (item) => plainTime(item.validUntil),
          CONSISTENCY: (item) => item.consistency,
          DISKS: (item) => Object.values(item.diskNames).join(", "),
          ID: (item) => item.id,
        },
      );
    },
  );

  const save = describe(journal.command("save <dir>"), "write a point of one disk to a file or device")
    .requiredOption("--to <path>", "the file or device")
    .option("--at <point>", AT_TEXT, "latest")
    .addOption(formatOption())
    .option("--force", "overwrite what is there");
  plainCommand(state, save, async (context, args, options) => {
    const { savePointOffline } = await import("../journal/save-point.ts");
    const to = absolutePath(context.host, options.text("to") ?? "");
    const format = formatOf(options);
    const wanted = { at: options.text("at") ?? "latest", to, force: options.flag("force"), format };
    printDocument(context, await savePointOffline(context, placeOf(context, args, options), wanted), describeSaved);
  });

  const files = withFileArguments(
    describe(journal.command("files <dir>"), "list and take files of a point of one disk"),
  ).option("--at <point>", AT_TEXT, "latest");
  plainCommand(state, files, async (context, args, options) => {
    const { withOfflinePoint } = await import("../files/point-disk.ts");
    const { fileWork } = await import("../files/file-work.ts");
    const wanted = fileWanted(context, { args, actionAt: 1, options });
    const of = { place: placeOf(context, args, options), at: options.text("at") ?? "latest" };
    await withOfflinePoint(context, of, (device, point) => fileWork(context, wanted, { device, of: point }));
  });

  const open = describe(
    journal.command("open <dir>"),
    "serve a point of one disk, read-only, over NBD until it is ended by a signal",
  )
    .option("--at <point>", AT_TEXT, "latest")
    .option("--nbd <socket>", "path of the Unix socket; one in a new private folder by default");
  plainCommand(state, open, async (context, args, options) => {
    const { servePointOffline } = await import("../journal/node-serve-point.ts");
    const nbd = options.text("nbd");
    const socket = nbd === undefined ? undefined : absolutePath(context.host, nbd);
    const wanted = { at: options.text("at") ?? "latest", socket };
    await servePointOffline(context, placeOf(context, args, options), wanted);
  });
}

function describe(command: Command, text: string): Command {
  return command
    .description(text)
    .requiredOption("--key <file>", "the recovery key, as `leeward key export` wrote it")
    .option("--machine <machine>", "name or id of the machine that is meant")
    .option("--disk <disk>", "name or id of the disk that is meant")
    .addHelpText("after", FOLDER_TEXT);
}

function placeOf({ host }: CommandContext, args: readonly string[], options: OptionValues): OfflinePlace {
  return {
    folder: absolutePath(host, requireName(args, 0)),
    keyFile: absolutePath(host, options.text("key") ?? ""),
    machine: options.text("machine"),
    disk: options.text("disk"),
  };
}
