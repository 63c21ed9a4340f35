import { assert } from "@leeward/base";
import { absolutePath, type CliHost, type OptionValues } from "@leeward/cli";

/** The text of the options that every daemon's command has. */
export const HOME_FLAG = "--home <dir>";
export const HOME_TEXT = "the folder that holds all of its state";

/** What every daemon's start can do in the place of starting. */
export const CHECK_FLAG = "--check";
export const CHECK_TEXT = "say whether its settings are right, and start nothing";

/** The home as an absolute path; commander has made sure that there is one. */
export function homeOf(host: CliHost, options: OptionValues): string {
  const home = options.text("home");
  assert(home !== undefined, "commander refuses a missing required option");
  return absolutePath(host, home).replace(/(.)\/+$/, "$1");
}
