import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { plainTime } from "../human-text.ts";
import type { OfflinePlace } from "../journal/offline-machines.ts";
import { absolutePath, type OptionValues, type ProgramState, plainCommand } from "../leaf-command.ts";
import { printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { describeSaved, formatOf, formatOption } from "../saved-format.ts";
import { fileWanted, withFileArguments } from "./file-commands.ts";
import { describePublished, type PublishedTo, publishWanted, withPublishOptions } from "./publish-commands.ts";

const AT_TEXT = "latest, a point's id, or a time (RFC 3339): the newest point at or before it";
const FOLDER_TEXT = `
DIR is HOME/journal of a master target, one machine's folder in it, or one disk's folder (the one that holds CURRENT); a copy will do.
Nothing in it is changed, so it may be read-only. While its master target runs, points that retention drops meanwhile stop reading.`;
const STORE_TEXT = `
The URL is azure://ACCOUNT/CONTAINER/PREFIX, s3://BUCKET/PREFIX or file:///FOLDER, as the manual says. Nothing in the store is changed.
What is read is fetched in pieces, as it is needed: a point is open before it is downloaded.`;

/** `leeward journal …`: recovery with nothing but a journal's folder and the recovery key. Its code is loaded when it is used. */
export function addJournalCommands(program: Command, state: ProgramState): void {
  const journal = program
    .command("journal")
    .description("journals without any server: list, open and save their recovery points, and files of them");
  addOfflineCommands(journal, state, {
    argument: " <dir>",
    publishedTo: "store",
    describe: (command) => command.addHelpText("after", FOLDER_TEXT),
    use: (context, { args, options }, work) => {
      const folder = absolutePath(context.host, requireName(args, 0));
      return work({ ...meantBy(context, options), world: context.host.world, folder });
    },
  });
}

/** `leeward restore …`: recovery with nothing but an object store and the recovery key. */
export function addRestoreCommands(program: Command, state: ProgramState): void {
  const restore = program
    .command("restore")
    .description(
      "recovery out of an object store, without any server: list, open and save recovery points, and files of them",
    );
  addOfflineCommands(restore, state, {
    argument: "",
    publishedTo: "to",
    describe: (command) =>
      command
        .requiredOption("--store <url>", "the store, as its master target was started with")
        .option("--store-credentials-file <file>", "what the store asks for, in a file of mode 0600")
        .option("--store-ca-file <file>", "PEM of the authorities that vouch for the store")
        .option(
          "--not-older-than <time>",
          "refuse when the newest point is older than this: the store may have been set back",
        )
        .addHelpText("after", STORE_TEXT),
    use: async (context, { options }, work) => {
      const { withStore } = await import("../journal/stored-place.ts");
      const fileOf = (name: string): string | undefined => {
        const path = options.text(name);
        return path === undefined ? undefined : absolutePath(context.host, path);
      };
      const wanted = {
        url: options.text("store") ?? "",
        credentialsFile: fileOf("storeCredentialsFile"),
        caFile: fileOf("storeCaFile"),
        notOlderThan: options.text("notOlderThan"),
      };
      await withStore(context.host.world, { ...meantBy(context, options), ...wanted }, work);
    },
  });
}

/** Where journals lie that are read without a server. */
interface OfflineKind {
  /** What stands behind a command's name. */
  readonly argument: string;
  /** How the account is told that is published to. */
  readonly publishedTo: PublishedTo;
  readonly describe: (command: Command) => Command;
  /** Runs the work with the place that the command line means. */
  readonly use: (
    context: CommandContext,
    given: { readonly args: readonly string[]; readonly options: OptionValues },
    work: (place: OfflinePlace) => Promise<void>,
  ) => Promise<void>;
}

function addOfflineCommands(parent: Command, state: ProgramState, kind: OfflineKind): void {
  const command = (name: string, text: string): Command =>
    kind.describe(
      parent
        .command(`${name}${kind.argument}`)
        .description(text)
        .requiredOption("--key <file>", "the recovery key, as `leeward key export` wrote it")
        .option("--machine <machine>", "name or id of the machine that is meant")
        .option("--disk <disk>", "name or id of the disk that is meant"),
    );

  plainCommand(
    state,
    command("list", "list the points that all their disks hold; of one disk with --disk"),
    (context, args, options) =>
      kind.use(context, { args, options }, async (place) => {
        const { listPointsOffline } = await import("../journal/offline-machines.ts");
        const items = await listPointsOffline(place);
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
      }),
  );

  const save = command("save", "write a point of one disk to a file or device")
    .requiredOption("--to <path>", "the file or device")
    .option("--at <point>", AT_TEXT, "latest")
    .addOption(formatOption())
    .option("--force", "overwrite what is there");
  plainCommand(state, save, (context, args, options) =>
    kind.use(context, { args, options }, async (place) => {
      const { savePointOffline } = await import("../journal/save-point.ts");
      const to = absolutePath(context.host, options.text("to") ?? "");
      const format = formatOf(options);
      const wanted = { at: options.text("at") ?? "latest", to, force: options.flag("force"), format };
      printDocument(context, await savePointOffline(context, place, wanted), describeSaved);
    }),
  );

  const files = withFileArguments(command("files", "list and take files of a point of one disk")).option(
    "--at <point>",
    AT_TEXT,
    "latest",
  );
  plainCommand(state, files, (context, args, options) =>
    kind.use(context, { args, options }, async (place) => {
      const { withOfflinePoint } = await import("../files/point-disk.ts");
      const { fileWork } = await import("../files/file-work.ts");
      const wanted = fileWanted(context, { args, actionAt: kind.argument === "" ? 0 : 1, options });
      const of = { place, at: options.text("at") ?? "latest" };
      await withOfflinePoint(of, (device, point) => fileWork(context, wanted, { device, of: point }));
    }),
  );

  addPublishOffline(
    state,
    command("publish", "write a point of one disk to a page blob, as a fixed VHD that Azure makes a disk of"),
    kind,
  );
  addOpen(state, command("open", "serve a point of one disk, read-only, over NBD until it is ended by a signal"), kind);
}

function addPublishOffline(state: ProgramState, command: Command, kind: OfflineKind): void {
  const publish = withPublishOptions(command, kind.publishedTo).option("--at <point>", AT_TEXT, "latest");
  plainCommand(state, publish, (context, args, options) =>
    kind.use(context, { args, options }, async (place) => {
      const { publishPointOffline } = await import("../azure/publish-point.ts");
      const wanted = publishWanted(context, options, kind.publishedTo);
      printDocument(context, await publishPointOffline(context, place, wanted), describePublished);
    }),
  );
}

function addOpen(state: ProgramState, command: Command, kind: OfflineKind): void {
  const open = command
    .option("--at <point>", AT_TEXT, "latest")
    .option("--nbd <socket>", "path of the Unix socket; one in a new private folder by default");
  plainCommand(state, open, (context, args, options) =>
    kind.use(context, { args, options }, async (place) => {
      const { servePointOffline } = await import("../journal/node-serve-point.ts");
      const nbd = options.text("nbd");
      const socket = nbd === undefined ? undefined : absolutePath(context.host, nbd);
      await servePointOffline(context, place, { at: options.text("at") ?? "latest", socket });
    }),
  );
}

function meantBy({ host }: CommandContext, options: OptionValues): Omit<OfflinePlace, "folder" | "world"> {
  return {
    keyFile: absolutePath(host, options.text("key") ?? ""),
    machine: options.text("machine"),
    disk: options.text("disk"),
  };
}
