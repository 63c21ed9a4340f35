import type { Command } from "commander";
import { waitForJob } from "../job-wait.ts";
import { absolutePath, type ProgramState, serverCommand, timeoutOption } from "../leaf-command.ts";
import { printDocument } from "../output.ts";
import { requireName } from "../required-argument.ts";

/** `leeward seed …`: the first replication of a disk by a carried medium. */
export function addSeedCommands(program: Command, state: ProgramState): void {
  const seed = program.command("seed").description("the first copy of a disk by a carried medium");

  const load = seed
    .command("load <machine> <disk>")
    .description("have the master target take a disk's seed in; then what differs is sent")
    .requiredOption("--from <folder>", "the seed's folder on the master target's machine")
    .addOption(timeoutOption());
  serverCommand(state, load, async (context, args, options) => {
    const client = await context.client();
    const params = { machine: requireName(args, 0), disk: requireName(args, 1) };
    const path = absolutePath(context.host, options.text("from") ?? "").replace(/(.)\/+$/, "$1");
    const begun = await client.loadSeed({ params, body: { path } });
    const job = await waitForJob(context, begun.id, options.number("timeout"));
    printDocument(context, job, (item) => `The seed of ${item.subject} is loaded; what differs from it is sent now.`);
  });

  const cancel = seed
    .command("cancel <machine> <disk>")
    .description("wait for a disk's seed no longer: all of it is sent");
  serverCommand(state, cancel, async (context, args) => {
    const client = await context.client();
    const params = { machine: requireName(args, 0), disk: requireName(args, 1) };
    printDocument(
      context,
      await client.giveUpSeed({ params }),
      (item) => `The seed of ${item.name} is not waited for any more.`,
    );
  });
}
