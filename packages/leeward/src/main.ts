import { fileURLToPath } from "node:url";
import { runProgram } from "@leeward/cli";
import { processHost } from "./node-host.ts";
import { leewardProgram } from "./program.ts";

const state = { host: processHost(), json: false };
const program = leewardProgram(state, fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  const { addSettingsHelp } = await import("./settings-help.ts");
  await addSettingsHelp(program, args[0]);
}
process.exitCode = await runProgram(program, state, args);
