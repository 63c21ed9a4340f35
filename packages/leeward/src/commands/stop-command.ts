import { type ProgramState, plainCommand, positiveNumber, printDocument } from "@leeward/cli";
import { type Command, Option } from "commander";
import { stopDaemon } from "../node-running-daemon.ts";
import { HOME_FLAG, HOME_TEXT, homeOf } from "./home-option.ts";

const STOP_SECONDS_DEFAULT = 60;

/** `… stop`: drains and ends whatever runs in a home. */
export function addStopCommand(parent: Command, state: ProgramState, what: string): void {
  const stop = parent
    .command("stop")
    .description(`drain and end ${what} of a home`)
    .requiredOption(HOME_FLAG, HOME_TEXT)
    .addOption(new Option("--timeout <seconds>", "give up after so many seconds (exit 6)").argParser(positiveNumber));
  plainCommand(state, stop, async (context, _args, options) => {
    const home = homeOf(context.host, options);
    const facts = await stopDaemon(context.host, home, options.number("timeout") ?? STOP_SECONDS_DEFAULT);
    printDocument(context, { role: facts.role, pid: facts.pid, state: "stopped" }, () => "Stopped.");
  });
}
