import type { Command } from "commander";
import { processHost } from "./node-host.ts";
import { leewardProgram } from "./program.ts";

export { settingTable } from "./settings-help.ts";
export { SOFTWARE_VERSION } from "./version.ts";

/** Every command with its options, to be read about and not to be run. */
export function commandTree(): Command {
  return leewardProgram({ host: processHost(), json: false }, "leeward");
}
