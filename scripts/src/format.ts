// Formats every source and sorts its imports.
import { runCommand, tool } from "./command.ts";

const outcome = await runCommand(tool("biome"), ["check", "--write", "."], { output: "terminal" });
process.exitCode = outcome.ok ? 0 : 1;
