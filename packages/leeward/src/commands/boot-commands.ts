import { formatBytes } from "@leeward/base";
import { type ProgramState, plainCommand, printDocument } from "@leeward/cli";
import type { Command } from "commander";
import { HOME_FLAG, HOME_TEXT, homeOf } from "./home-option.ts";

/** `leeward agent prepare-boot` and what it has the machine call: reboots after which disks need no rescan. */
export function addBootCommands(agent: Command, state: ProgramState, executable: string): void {
  addPrepareBoot(agent, state, executable);
  addLastLook(agent, state);
}

function addPrepareBoot(agent: Command, state: ProgramState, executable: string): void {
  const prepare = agent
    .command("prepare-boot")
    .description("let reboots cost no rescan of tracked disks that nobody has open at their end")
    .requiredOption(HOME_FLAG, HOME_TEXT)
    .option("--undo", "take back what it changed");
  plainCommand(state, prepare, async (context, _args, options) => {
    const { host } = context;
    const home = homeOf(host, options);
    const { lastLookCommand, nodeBootSystem, processorCount } = await import("../boot/node-boot-system.ts");
    const { prepareBoot, undoPrepareBoot } = await import("../boot/prepare-boot.ts");
    const { bootTraceState } = await import("@leeward/tracker");
    const system = nodeBootSystem(host.files);
    const task = { processors: processorCount(), command: lastLookCommand(executable, home) };
    const isUndo = options.flag("undo");
    const prepared = isUndo ? await undoPrepareBoot(system, task) : await prepareBoot(system, task);
    const document = { home, ...prepared, running: await bootTraceState() };
    printDocument(context, document, (item) => (isUndo ? undoneText(item) : preparedText(item)));
  });
}

interface Printed {
  readonly loader: string;
  readonly arguments: readonly string[];
  readonly memoryBytes: number;
  readonly changed: readonly string[];
}

function preparedText({ loader, arguments: args, memoryBytes, changed }: Printed): string {
  const what =
    changed.length === 0 ? "All was prepared already; nothing was changed." : `Changed: ${changed.join(", ")}.`;
  return `${what}
From the next boot on, ${loader} starts the kernel with ${args.join(" ")}; that takes ${formatBytes(memoryBytes)} of memory until the agent has read it.
At the end of each shutdown it is noted how every tracked disk is left. One that nobody has open then needs no rescan after the boot; every other disk
(the root disk always, logical volumes, md devices) is read anew as before.
What another system writes to a disk while this one is down is not seen: \`leeward disk resync\` after that.`;
}

function undoneText({ changed }: Printed): string {
  if (changed.length === 0) return "Nothing was prepared; nothing was changed.";
  return `Changed: ${changed.join(", ")}. From the next boot on every tracked disk is read anew.`;
}

function addLastLook(agent: Command, state: ProgramState): void {
  const look = agent
    .command("last-look")
    .description("note how tracked disks are left; called by the machine at the end of its shutdown")
    .requiredOption(HOME_FLAG, HOME_TEXT);
  plainCommand(state, look, async (context, _args, options) => {
    const { takeLastLook } = await import("@leeward/mobility-agent");
    const items = await takeLastLook({ world: context.host.world, home: homeOf(context.host, options) });
    printDocument(context, { items }, (item) =>
      item.items.map(({ disk, reason }) => `Disk ${disk}: ${reason ?? "closed"}.`).join("\n"),
    );
  });
}
