import type { PlanKind, PlannedFailoverOrder } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { type Command, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { plainTime } from "../human-text.ts";
import { waitForJob } from "../job-wait.ts";
import { type OptionValues, type ProgramState, positiveNumber, serverCommand, timeoutOption } from "../leaf-command.ts";
import { printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { AT_TEXT, addFollowing, addWayBack } from "./failover-follow-commands.ts";
import { type Begun, type Client, describe, printWhenDone, wholeNumber } from "./failover-text.ts";
import { checkPlanAlone, failoverOfNothing, runPlan } from "./plan-run-commands.ts";

const HOSTS = ["qemu", "libvirt", "none"] as const;
const FIRMWARE = ["bios", "uefi"] as const;
const DISK_BUSES = ["virtio", "sata", "scsi", "nvme", "ide"] as const;

/** `leeward failover …`: machines started from their recovery points. */
export function addFailoverCommands(program: Command, state: ProgramState): void {
  const failover = program.command("failover").description("machines started from their recovery points");
  addTest(failover, state);
  addPlanned(failover, state);
  addUnplanned(failover, state);
  addList(failover, state);

  const one = "<failover|machine>";
  serverCommand(state, failover.command(`show ${one}`).description("show a failover"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.showFailover({ params: { failover: requireName(args, 0) } }), describe);
  });

  const console = failover.command(`console ${one}`).description("print what its machine wrote to the serial console");
  serverCommand(state, console, async (context, args) => {
    const client = await context.client();
    const said = await client.readReplicaConsole({ params: { failover: requireName(args, 0) } });
    printDocument(context, said, ({ text }) => text);
  });

  addFollowing(failover, state);
  addWayBack(program, state);
}

function addTest(failover: Command, state: ProgramState): void {
  const command = failover
    .command("test [machine]")
    .description(
      "start a machine from a point beside the running one; what it writes stays apart, and goes with the cleanup",
    )
    .option("--at <point>", AT_TEXT, "latest");
  serverCommand(state, withMachineOptions(command), async (context, args, options) => {
    if (await isOfPlan(context, command, { kind: "test", options })) return;
    const client = await context.client();
    const body = { at: options.text("at") ?? "latest", ...machineOf(options) };
    const begun = await client.testFailover({ params: { machine: requireName(args, 0) }, body });
    await printWhenDone(context, { id: begun.failover.id, job: begun.job, timeout: options.number("timeout") });
  });
}

function addPlanned(failover: Command, state: ProgramState): void {
  const command = failover
    .command("planned [machine...]")
    .description("stop a machine at its source and start it at its master target, at the last thing that it wrote")
    .option("--force", "also where the source's disks can be written past its agent; recorded");
  serverCommand(state, withMachineOptions(command), async (context, args, options) => {
    if (await isOfPlan(context, command, { kind: "planned", options })) return;
    const body = { ...machineOf(options), force: options.flag("force") };
    await forEach(context, { machines: args, timeout: options.number("timeout") }, (client, machine) =>
      client.planFailover({ params: { machine }, body }),
    );
  });
}

function addUnplanned(failover: Command, state: ProgramState): void {
  const command = failover
    .command("unplanned [machine...]")
    .description("start a machine at its master target in the place of its source, which is lost or is to be")
    .option("--at <point>", AT_TEXT, "latest")
    .option("--force", "also when the source does not say that it takes no writes any more; recorded");
  serverCommand(state, withMachineOptions(command), async (context, args, options) => {
    if (await isOfPlan(context, command, { kind: "unplanned", options })) return;
    const body = { at: options.text("at") ?? "latest", ...machineOf(options), force: options.flag("force") };
    await forEach(context, { machines: args, timeout: options.number("timeout") }, (client, machine) =>
      client.unplannedFailover({ params: { machine }, body }),
    );
  });
}

/** Whether a plan was named, which was then run: `--plan` is `leeward plan run`. @throws Fault `failover-of-invalid` when nothing is named */
async function isOfPlan(
  context: CommandContext,
  command: Command,
  { kind, options }: { readonly kind: PlanKind; readonly options: OptionValues },
): Promise<boolean> {
  const plan = options.text("plan");
  if (plan === undefined) {
    if (command.args.length === 0) throw failoverOfNothing();
    return false;
  }
  checkPlanAlone(command, command.args);
  const at = command.getOptionValueSource("at") === "cli" ? options.text("at") : undefined;
  const forced = options.flag("force") ? { force: true } : {};
  const order = { kind, ...forced, ...(at === undefined ? {} : { at }) };
  await runPlan(context, { plan, order, wait: true, timeout: options.number("timeout") });
  return true;
}

/** Side by side: one that cannot be begun keeps none of the others. The first fault is told when all have ended. */
async function forEach(
  context: CommandContext,
  { machines, timeout }: { readonly machines: readonly string[]; readonly timeout: number | undefined },
  begin: (client: Client, machine: string) => Promise<Begun>,
): Promise<void> {
  const client = await context.client();
  const done = await Promise.allSettled(
    machines.map(async (machine) => {
      const { failover, job } = await begin(client, machine);
      return { id: failover.id, job: await waitForJob(context, job.id, timeout) };
    }),
  );
  const begun = done.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = done.find((each) => each.status === "rejected");
  if (failed !== undefined && begun.length === 0) throw failed.reason;
  const items = await Promise.all(
    begun.map(async ({ id, job }) => ({
      failover: await client.showFailover({ params: { failover: id } }),
      job,
    })),
  );
  printList(
    context,
    { items },
    {
      MACHINE: ({ failover }) => failover.machineName,
      KIND: ({ failover }) => failover.kind,
      STATE: ({ failover }) => failover.state,
      POINT: ({ failover }) => plainTime(failover.pointTime),
      ID: ({ failover }) => failover.id,
    },
  );
  if (failed !== undefined) throw failed.reason;
}

function withMachineOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--host <host>",
        "what runs it at the master target: qemu unless told; none serves its disks only",
      ).choices(HOSTS),
    )
    .addOption(new Option("--cpus <count>", "as many as the source has, unless told").argParser(wholeNumber))
    .addOption(new Option("--memory <MiB>", "as much as the source has, unless told").argParser(wholeNumber))
    .addOption(new Option("--firmware <firmware>", "as the source's, unless told").choices(FIRMWARE))
    .addOption(
      new Option("--disk-bus <bus>", "where the machine finds its disks: virtio, unless told").choices(DISK_BUSES),
    )
    .option("--boot-disk <disk>", "the disk that is booted from; the one protected first, unless told")
    .option(
      "--network <network>",
      "isolated, user (reaches what the master target reaches), or bridge:NAME; as its recovery settings say, else isolated",
    )
    .addOption(
      new Option("--cpu-share <share>", "of the master target's processors, above 0 and up to 1").argParser(
        positiveNumber,
      ),
    )
    .option("--plan <plan>", "run this recovery plan in the place of naming machines, as `leeward plan run` does")
    .option("--allow-missing", "start also from a point that does not have all disks")
    .addOption(timeoutOption());
}

function machineOf(options: OptionValues): PlannedFailoverOrder {
  const one = <const T extends string>(choices: readonly T[], name: string): T | undefined =>
    choices.find((each) => each === options.text(name));
  const given = {
    host: one(HOSTS, "host"),
    cpus: options.number("cpus"),
    memoryMib: options.number("memory"),
    firmware: one(FIRMWARE, "firmware"),
    diskBus: one(DISK_BUSES, "diskBus"),
    network: options.text("network"),
    cpuShare: options.number("cpuShare"),
    bootDisk: options.text("bootDisk"),
  };
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { allowMissing: options.flag("allowMissing"), ...said };
}

function addList(failover: Command, state: ProgramState): void {
  const command = failover.command("list [machine]").description("list failovers, newest first");
  serverCommand(state, command, async (context, args) => {
    const client = await context.client();
    const [machine] = args;
    printList(
      context,
      await allPages((page) => client.listFailovers({ query: { ...(machine !== undefined && { machine }), ...page } })),
      {
        MACHINE: (item) => item.machineName,
        KIND: (item) => item.kind,
        STATE: (item) => item.state,
        GUEST: (item) => item.replica?.state ?? "",
        POINT: (item) => plainTime(item.pointTime),
        BEGUN: (item) => plainTime(item.createdAt),
        ID: (item) => item.id,
      },
    );
  });
}
