import type { Command } from "commander";
import type { OptionValues } from "./leaf-command.ts";

/** The options by which a list is of a part of the time alone. */
export function timeRangeOptions(command: Command): Command {
  return command
    .option("--from <time>", "none before this time (RFC 3339)")
    .option("--to <time>", "none after this time (RFC 3339)");
}

/** What they say, as a list's query. */
export function timeRangeOf(options: Pick<OptionValues, "text">): { readonly from?: string; readonly to?: string } {
  const [from, to] = [options.text("from"), options.text("to")];
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
