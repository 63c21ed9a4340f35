import { type ProgramState, plainCommand, printDocument } from "@leeward/cli";
import type { Command } from "commander";
import { HOME_FLAG, HOME_TEXT, homeOf } from "./home-option.ts";

/** `leeward agent finish-upgrade`: what an agent that is to become another version starts beside itself. */
export function addFinishUpgrade(agent: Command, state: ProgramState): void {
  const finish = agent
    .command("finish-upgrade")
    .description(
      "try the new version of an upgrade that was ordered, and go back when it does not come up; started by the agent",
    )
    .requiredOption(HOME_FLAG, HOME_TEXT)
    .option("--service <unit>", "the service of systemd that the agent is");
  plainCommand(state, finish, async (context, _args, options) => {
    const { world, signal } = context.host;
    const { finishUpgrade } = await import("@leeward/mobility-agent");
    const home = homeOf(context.host, options);
    const { step } = await finishUpgrade({ world, home, service: options.text("service") ?? "", signal });
    printDocument(context, { home, state: step }, () => ENDS[step ?? "none"] ?? "There is nothing to be tried.");
  });
}

const ENDS: Readonly<Record<string, string>> = {
  done: "The new version is up, and stays.",
  returned: "The new version did not come up; the one before is back.",
};
