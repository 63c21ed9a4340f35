import { isRooted } from "@leeward/world";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type OptionValues, type ProgramState, serverCommand, timeoutOption } from "../leaf-command.ts";
import { printDocument } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { type Begun, type Client, describe, printWhenDone, wholeNumber } from "./failover-text.ts";

/** In the words of every command that names a point. */
export const AT_TEXT =
  "latest, latest-processed, latest-application, latest-group, a point's id, or a time (RFC 3339): the newest point at or before it";

/** What is asked of a failover that stands, and has a job. */
function addAsked(
  parent: Command,
  state: ProgramState,
  {
    name,
    says,
    ask,
    options: more = (command) => command,
  }: {
    readonly name: string;
    readonly says: string;
    readonly ask: (client: Client, failover: string, options: OptionValues) => Promise<Begun>;
    readonly options?: (command: Command) => Command;
  },
): void {
  const command = more(parent.command(`${name} <failover|machine>`).description(says)).addOption(timeoutOption());
  serverCommand(state, command, async (context, args, options) => {
    const { failover, job } = await ask(await context.client(), requireName(args, 0), options);
    await printWhenDone(context, { id: failover.id, job, timeout: options.number("timeout") });
  });
}

function notesOf(options: OptionValues): { notes?: string } {
  const notes = options.text("notes");
  return notes === undefined ? {} : { notes };
}

const NOTES = ["--notes <text>", "what is to be known of it later; kept with the failover"] as const;

/** `leeward failover …`: what can follow on one that stands. */
export function addFollowing(failover: Command, state: ProgramState): void {
  const commit = failover
    .command("commit <failover|machine>")
    .description("settle a failover's point for good: it can be neither changed nor cancelled any more");
  serverCommand(state, commit, async (context, args) => {
    const client = await context.client();
    const params = { failover: requireName(args, 0) };
    printDocument(context, await client.commitFailover({ params }), describe);
  });
  addAsked(failover, state, {
    name: "cancel",
    says: "take a failover back that was not committed: its source goes on, and what the replica machine wrote is lost",
    ask: (client, one, options) => client.cancelFailover({ params: { failover: one }, body: notesOf(options) }),
    options: (command) => command.option(...NOTES),
  });
  addAsked(failover, state, {
    name: "change-point",
    says: "start the machine of a failover that was not committed from another point; what it wrote is lost",
    ask: (client, one, options) =>
      client.changeFailoverPoint({ params: { failover: one }, body: { at: options.text("at") ?? "latest" } }),
    options: (command) => command.requiredOption("--at <point>", AT_TEXT),
  });
  addAsked(failover, state, {
    name: "cleanup",
    says: "end a test failover, and remove its machine and all that it wrote",
    ask: (client, one, options) => client.cleanupFailover({ params: { failover: one }, body: notesOf(options) }),
    options: (command) => command.option(...NOTES),
  });
}

/** Commander's parser of each `--disk DISK=PATH`. */
function diskPlaces(text: string, before: readonly string[] = []): readonly string[] {
  const { disk, path } = diskPlaceOf(text);
  if (disk === "" || !isRooted(path)) {
    throw new InvalidArgumentError("Write it as DISK=PATH, with the path from the root on: data=/dev/sdb.");
  }
  return [...before, text];
}

function diskPlaceOf(text: string): { readonly disk: string; readonly path: string } {
  const at = Math.max(0, text.indexOf("="));
  return { disk: text.slice(0, at), path: text.slice(at + 1) };
}

/** `leeward reprotect` and `leeward failback`: the way back to the source. */
export function addWayBack(program: Command, state: ProgramState): void {
  addAsked(program, state, {
    name: "reprotect",
    says: "bring the disks of a machine's source to what its replica machine wrote, while that runs on",
    ask: (client, one, options) => {
      const disks = options.texts("disk").map(diskPlaceOf);
      const overwrite = options.flag("overwrite") ? { overwrite: true } : {};
      return client.reprotect({
        params: { failover: one },
        body: { ...(disks.length > 0 && { disks }), ...overwrite },
      });
    },
    options: (command) =>
      command
        .addOption(
          new Option(
            "--disk <disk=path>",
            "the disk is on this device of the source from now on, because the one that it was on is lost; repeat it for each",
          ).argParser(diskPlaces),
        )
        .option("--overwrite", "also when that device holds something else than the replica machine has"),
  });
  addAsked(program, state, {
    name: "failback",
    says: "halt a replica machine and have the source go on with all that it wrote",
    ask: (client, one, options) => {
      const graceSeconds = options.number("grace");
      return client.failBack({
        params: { failover: one },
        body: graceSeconds === undefined ? {} : { graceSeconds },
      });
    },
    options: (command) =>
      command.addOption(
        new Option(
          "--grace <seconds>",
          "for the machine to shut down before its power is cut; 120 unless told",
        ).argParser(wholeNumber),
      ),
  });
}
