import type { Upgrade, UpgradedMachine, UpgradeOrder } from "@leeward/api";
import { EXIT_CODES, Fault, isFault } from "@leeward/base";
import { type Command, InvalidArgumentError } from "commander";
import { Concluded } from "../conclusion.ts";
import { waitForJob } from "../job-wait.ts";
import { type OptionValues, type ProgramState, serverCommand, timeoutOption } from "../leaf-command.ts";
import { printDocument, tableOf } from "../output.ts";
import { requireName } from "../required-argument.ts";

const EPILOGUE = `
An agent gets the release from the config server, tries it, and goes back when it does not come up. The exit code is 0 when every machine that was reached
has the version, else 1; machines that are away are passed over, and named.`;

/** `leeward agent upgrade|show-upgrade`: agents of machines, by order of the config server. */
export function addUpgradeCommands(agent: Command, state: ProgramState): void {
  const upgrade = agent
    .command("upgrade [machine...]")
    .description("have agents upgrade themselves to a release of `leeward release list`, in waves; servers go first")
    .option("--all", "every machine")
    .option("--version <version>", "which version, when not the newest that the config server has")
    .option("--wave <number>", "machines at a time; 1, then 4, then 16 when left out", wholeNumber)
    .option("--failures <number>", "begin nothing more once so many machines failed; 1 when left out", wholeNumber)
    .option("--ready <seconds>", "in which a new version has to be up and connected; 120 when left out", wholeNumber)
    .option("--no-wait", "do not wait until it is done")
    .addOption(timeoutOption())
    .addHelpText("after", EPILOGUE);
  serverCommand(state, upgrade, async (context, args, options) => {
    const client = await context.client();
    const begun = await client.upgradeAgents({ body: orderOf(args, options) });
    // Commander gives `--no-wait` as a `wait` that is false.
    if (options.flag("wait")) {
      await waitForJob(context, begun.job, options.number("timeout")).catch((error: unknown) => {
        if (!isFault(error, "job-failed", "job-cancelled")) throw error;
      });
    }
    const shown = await client.showUpgrade({ params: { id: begun.job } });
    printDocument(context, shown, described);
    if (shown.state === "failed" || shown.state === "cancelled") throw new Concluded(EXIT_CODES.failed);
  });
  const show = agent
    .command("show-upgrade <job>")
    .description("show an upgrade of agents by its job, machine by machine");
  serverCommand(state, show, async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.showUpgrade({ params: { id: requireName(args, 0) } }), described);
  });
}

function orderOf(machines: readonly string[], options: OptionValues): UpgradeOrder {
  if (options.flag("all") === machines.length > 0) throw machinesUnnamed();
  const [version, wave] = [options.text("version"), options.number("wave")];
  const [failures, readySeconds] = [options.number("failures"), options.number("ready")];
  return {
    ...(machines.length > 0 && { machines: [...machines] }),
    ...(version !== undefined && { version }),
    ...(wave !== undefined && { wave }),
    ...(failures !== undefined && { failures }),
    ...(readySeconds !== undefined && { readySeconds }),
  };
}

const COLUMNS = {
  MACHINE: (item: UpgradedMachine) => item.name,
  FROM: (item: UpgradedMachine) => item.from ?? "unknown",
  STATE: (item: UpgradedMachine) => item.state,
  ERROR: (item: UpgradedMachine) => item.error?.code ?? "",
};

function described({ job, version, state, machines }: Upgrade): string {
  const why = machines.flatMap(({ name, error }) =>
    error === null ? [] : [`${name}: ${error.message} ${error.remedy ?? ""}`.trim()],
  );
  return [`Upgrade to ${version}, job ${job}: ${state}.`, tableOf(machines, COLUMNS), ...why].join("\n");
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1) throw new InvalidArgumentError("It is not a whole number above 0.");
  return value;
}

function machinesUnnamed(): Fault {
  return new Fault({
    code: "upgrade-machines-invalid",
    kind: "operator",
    message: "It is not said which machines are to be upgraded.",
    remedy: "Name machines, or give --all for every one.",
  });
}
