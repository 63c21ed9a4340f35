import type { Failover, Job, TestFailoverOrder } from "@leeward/api";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { plainTime } from "../human-text.ts";
import { waitForJob } from "../job-wait.ts";
import { type OptionValues, type ProgramState, positiveNumber, serverCommand, timeoutOption } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";

const AT_TEXT = "latest, a point's id, or a time (RFC 3339): the newest point at or before it";
const HOSTS = ["qemu", "libvirt", "none"] as const;
const FIRMWARE = ["bios", "uefi"] as const;
const DISK_BUSES = ["virtio", "sata", "scsi", "nvme", "ide"] as const;

/** `leeward failover …`: machines started from their recovery points. */
export function addFailoverCommands(program: Command, state: ProgramState): void {
  const failover = program.command("failover").description("machines started from their recovery points");
  addTest(failover, state);
  addList(failover, state);

  const one = "<failover|machine>";
  serverCommand(state, failover.command(`show ${one}`).description("show a failover"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.call("showFailover", { params: { failover: requireName(args, 0) } }), describe);
  });

  const console = failover.command(`console ${one}`).description("print what its machine wrote to the serial console");
  serverCommand(state, console, async (context, args) => {
    const client = await context.client();
    const said = await client.call("readReplicaConsole", { params: { failover: requireName(args, 0) } });
    printDocument(context, said, ({ text }) => text);
  });

  addCleanup(failover, state);
}

function addTest(failover: Command, state: ProgramState): void {
  const command = failover
    .command("test <machine>")
    .description(
      "start a machine from a point beside the running one; what it writes stays apart, and goes with the cleanup",
    )
    .option("--at <point>", AT_TEXT, "latest")
    .addOption(
      new Option("--host <host>", "what runs it at the master target; none serves its disks only")
        .choices(HOSTS)
        .default("qemu"),
    )
    .addOption(new Option("--cpus <count>", "as many as the source has, unless told").argParser(wholeNumber))
    .addOption(new Option("--memory <MiB>", "as much as the source has, unless told").argParser(wholeNumber))
    .addOption(new Option("--firmware <firmware>", "as the source's, unless told").choices(FIRMWARE))
    .addOption(
      new Option("--disk-bus <bus>", "where the machine finds its disks").choices(DISK_BUSES).default("virtio"),
    )
    .option("--boot-disk <disk>", "the disk that is booted from; the one protected first, unless told")
    .option(
      "--network <network>",
      "isolated, user (reaches what the master target reaches), or bridge:NAME",
      "isolated",
    )
    .addOption(
      new Option("--cpu-share <share>", "of the master target's processors, above 0 and up to 1").argParser(
        positiveNumber,
      ),
    )
    .option("--allow-missing", "start also from a point that does not have all disks")
    .addOption(timeoutOption());
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const begun = await client.call("testFailover", {
      params: { machine: requireName(args, 0) },
      body: orderOf(options),
    });
    await printWhenDone(context, { id: begun.failover.id, job: begun.job, timeout: options.number("timeout") });
  });
}

function orderOf(options: OptionValues): TestFailoverOrder {
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
  return { at: options.text("at") ?? "latest", allowMissing: options.flag("allowMissing"), ...said };
}

function addList(failover: Command, state: ProgramState): void {
  const command = failover.command("list [machine]").description("list failovers, newest first");
  serverCommand(state, command, async (context, args) => {
    const client = await context.client();
    const [machine] = args;
    printList(context, await client.call("listFailovers", machine === undefined ? {} : { query: { machine } }), {
      MACHINE: (item) => item.machineName,
      KIND: (item) => item.kind,
      STATE: (item) => item.state,
      GUEST: (item) => item.replica?.state ?? "",
      POINT: (item) => plainTime(item.pointTime),
      BEGUN: (item) => plainTime(item.createdAt),
      ID: (item) => item.id,
    });
  });
}

function addCleanup(failover: Command, state: ProgramState): void {
  const command = failover
    .command("cleanup <failover|machine>")
    .description("end a test failover, and remove its machine and all that it wrote")
    .option("--notes <text>", "what the test has shown; kept with the failover")
    .addOption(timeoutOption());
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const notes = options.text("notes");
    const body = notes === undefined ? {} : { notes };
    const begun = await client.call("cleanupFailover", { params: { failover: requireName(args, 0) }, body });
    await printWhenDone(context, { id: begun.failover.id, job: begun.job, timeout: options.number("timeout") });
  });
}

async function printWhenDone(
  context: CommandContext,
  { id, job, timeout }: { readonly id: string; readonly job: Job; readonly timeout: number | undefined },
): Promise<void> {
  const client = await context.client();
  const done = await waitForJob(context, job.id, timeout);
  const failover = await client.call("showFailover", { params: { failover: id } });
  printDocument(context, { failover, job: done }, () => describe(failover));
}

function describe(failover: Failover): string {
  const { replica, missingDisks } = failover;
  return fieldsOf({
    failover: failover.id,
    machine: failover.machineName,
    kind: failover.kind,
    state: failover.state,
    ...(failover.error === null ? {} : { error: failover.error.message }),
    point: failover.point === null ? "not chosen" : `${failover.point}, ${plainTime(failover.pointTime)}`,
    host: `${failover.host}, ${failover.cpus} CPUs, ${failover.memoryMib} MiB, ${failover.firmware}, ${failover.network}`,
    ...(replica === null ? {} : { guest: replica.why === null ? replica.state : `${replica.state}: ${replica.why}` }),
    ...Object.fromEntries(failover.disks.map(({ name, nbdUri }) => [`disk ${name}`, nbdUri ?? "not served"])),
    ...(missingDisks.length === 0 ? {} : { missing: missingDisks.map(({ disk, name }) => name ?? disk).join(", ") }),
    ...(failover.notes === null ? {} : { notes: failover.notes }),
    begun: `${plainTime(failover.createdAt)} by ${failover.actor}`,
    started: plainTime(failover.startedAt),
    ended: plainTime(failover.endedAt),
  });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value <= 0) {
    throw new InvalidArgumentError("It is not a whole number above 0.");
  }
  return value;
}
