import { type Command, InvalidArgumentError, Option } from "commander";
import type { PublishedDisk, PublishWanted } from "../azure/publish-point.ts";
import type { WrittenTemplate } from "../azure/write-template.ts";
import type { CommandContext } from "../command-context.ts";
import { plainBytes } from "../human-text.ts";
import { absolutePath, type OptionValues, type ProgramState, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument } from "../output.ts";
import { requireName } from "../required-argument.ts";

const KEEP_MAX = 200;
const PUBLISH_TEXT = `
The blob is at azure://ACCOUNT/CONTAINER/NAME.vhd. It is made if it is not there, and brought to the point by what differs if it holds an earlier one of the same disk; a blob of anything else
is left as it is. Each point that is published has a snapshot of the blob. The blob holds the disk as it is, not encrypted by Leeward.`;

const TEMPLATE_TEXT = `
Processors, memory, firmware, boot disk and addresses are those of \`leeward machine recovery\`; what is not told there is a parameter of the template with a value that is proposed.
Nothing is asked of Azure.`;

/** What the options of the account that is published to begin with: `to` where `store` is another store already. */
export type PublishedTo = "store" | "to";

/** `leeward point publish`. Its code is loaded when it is used. */
export function addPublish(point: Command, state: ProgramState): void {
  const command = withPublishOptions(
    point
      .command("publish <machine> <disk>")
      .description("write a recovery point to a page blob, as a fixed VHD that Azure makes a disk of")
      .requiredOption("--at <point>", "latest, a point's id, or a time (RFC 3339): the newest point at or before it"),
    "store",
  );
  serverCommand(state, command, async (context, args, options) => {
    const { publishPoint } = await import("../azure/publish-point.ts");
    const of = { machine: requireName(args, 0), disk: requireName(args, 1) };
    const wanted = publishWanted(context, options, "store");
    printDocument(context, await publishPoint(context, of, wanted), describePublished);
  });
}

/** `leeward point template`. */
export function addTemplate(point: Command, state: ProgramState): void {
  const command = point
    .command("template <machine>")
    .description("write what makes a machine in Azure of its published disks: a template, its parameters, a script")
    .requiredOption("--at <point>", "the point that its disks were published at, by its id; or latest")
    .requiredOption("--blobs <url>", "where each disk is published as DISK.vhd, azure://ACCOUNT/CONTAINER/PREFIX")
    .requiredOption("--out <dir>", "the folder that they are written to")
    .addHelpText("after", TEMPLATE_TEXT);
  serverCommand(state, command, async (context, args, options) => {
    const { writeTemplate } = await import("../azure/write-template.ts");
    const wanted = {
      machine: requireName(args, 0),
      at: options.text("at") ?? "",
      blobs: options.text("blobs") ?? "",
      out: absolutePath(context.host, options.text("out") ?? ""),
    };
    printDocument(context, await writeTemplate(context, wanted), describeTemplate);
  });
}

/** Makes a command take where to publish to. */
export function withPublishOptions(command: Command, of: PublishedTo): Command {
  return command
    .requiredOption("--to <url>", "the blob, azure://ACCOUNT/CONTAINER/NAME.vhd")
    .option(`--${of}-credentials-file <file>`, "what its account asks for, in a file of mode 0600")
    .option(`--${of}-ca-file <file>`, "PEM of the authorities that vouch for its account")
    .addOption(
      new Option("--keep <number>", "snapshots that are kept, this one among them; all without it").argParser(
        keptNumber,
      ),
    )
    .addHelpText("after", PUBLISH_TEXT);
}

export function publishWanted({ host }: CommandContext, options: OptionValues, of: PublishedTo): PublishWanted {
  const fileOf = (name: string): string | undefined => {
    const path = options.text(`${of}${name}`);
    return path === undefined ? undefined : absolutePath(host, path);
  };
  return {
    at: options.text("at") ?? "latest",
    to: options.text("to") ?? "",
    credentialsFile: fileOf("CredentialsFile"),
    caFile: fileOf("CaFile"),
    keep: options.number("keep"),
  };
}

/** A published disk, for people. */
export function describePublished(published: PublishedDisk): string {
  return fieldsOf({
    blob: published.to,
    point: published.point,
    snapshot: published.snapshot,
    "size in Azure": plainBytes(published.virtualBytes),
    written: plainBytes(published.writtenBytes),
    cleared: plainBytes(published.clearedBytes),
    snapshots: String(published.snapshots),
  });
}

function describeTemplate({ files, point, disks }: WrittenTemplate): string {
  const blobs = disks.map(({ disk, blob }) => [`disk ${disk}`, blob] as const);
  return fieldsOf({ point, ...Object.fromEntries(blobs), files: files.join(", ") });
}

function keptNumber(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}$/.test(text) && value >= 1 && value <= KEEP_MAX) return value;
  throw new InvalidArgumentError(`It is not a whole number from 1 to ${KEEP_MAX}.`);
}
