// How a machine's start is made to be traced, and its end to be noted, so that disks that nobody has at a reboot need no rescan.
import { Fault } from "@leeward/base";
import { bootTraceArguments, bootTraceAsked } from "@leeward/tracker";
import { findBootLoader } from "./boot-loaders.ts";
import { type BootLoader, type BootSystem, textOf } from "./boot-system.ts";
import { addLastLook, hasSystemd, type LastLookCommand, removeLastLook } from "./last-look-unit.ts";

const RUNNING_LINE = "/proc/cmdline";

export interface PreparedBoot {
  readonly loader: string;
  readonly arguments: readonly string[];
  /** What the trace takes until the agent has read it, bytes. */
  readonly memoryBytes: number;
  /** Files and commands; none when all was so already. */
  readonly changed: readonly string[];
}

/** @throws Fault `boot-loader-unsupported`, `init-system-unsupported`, `boot-trace-taken`, `boot-line-not-taken`, `boot-program-failed` */
export async function prepareBoot(
  system: BootSystem,
  task: { readonly command: LastLookCommand; readonly processors: number },
): Promise<PreparedBoot> {
  const { args, bytes } = bootTraceArguments(task.processors);
  const loader = await requireSystem(system, args);
  if (bootTraceAsked((await textOf(system.files, RUNNING_LINE)) ?? "") === "foreign") throw taken();
  const changed = [...(await loader.add(args)), ...(await addLastLook(system, task.command))];
  return { loader: loader.name, arguments: args, memoryBytes: bytes, changed };
}

/** @throws as `prepareBoot` */
export async function undoPrepareBoot(
  system: BootSystem,
  { processors }: { readonly processors: number },
): Promise<PreparedBoot> {
  const { args } = bootTraceArguments(processors);
  const loader = await requireSystem(system, args);
  const changed = [...(await removeLastLook(system)), ...(await loader.remove())];
  return { loader: loader.name, arguments: args, memoryBytes: 0, changed };
}

async function requireSystem(system: BootSystem, args: readonly string[]): Promise<BootLoader> {
  if (!(await hasSystemd(system))) {
    throw new Fault({
      code: "init-system-unsupported",
      kind: "operator",
      message: "This machine is not run by systemd; nothing can look at its disks at the end of a shutdown.",
      remedy: "None: tracked disks are read anew after each boot, and differences alone are sent.",
    });
  }
  const loader = await findBootLoader(system);
  if (loader !== undefined) return loader;
  const line = args.join(" ");
  throw new Fault({
    code: "boot-loader-unsupported",
    kind: "operator",
    message:
      "This machine's boot loader is not known: neither update-grub, nor grubby, nor systemd-boot with /etc/kernel/cmdline is there.",
    remedy: `Nothing was changed. Without it, tracked disks are read anew after each boot. The kernel's arguments would be: ${line}`,
    detail: { arguments: line },
  });
}

function taken(): Fault {
  return new Fault({
    code: "boot-trace-taken",
    kind: "operator",
    message:
      "The kernel's command line already has something else traced from the start on; one of the two would be lost.",
    remedy: `Take the other arguments (trace_…, ftrace) off the kernel's command line first; ${RUNNING_LINE} shows them.`,
  });
}
