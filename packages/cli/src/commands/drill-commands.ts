import type { Drill, DrillOrder, DrillReport, DrillSettings } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { Fault, formatBytes } from "@leeward/base";
import { type Command, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { verifiedReport, writeFresh } from "../drills/report-file.ts";
import { reportHtml } from "../drills/report-html.ts";
import { durationSeconds } from "../duration.ts";
import { plainSeconds, plainTime } from "../human-text.ts";
import { waitForJob } from "../job-wait.ts";
import {
  absolutePath,
  type OptionValues,
  type ProgramState,
  plainCommand,
  positiveNumber,
  serverCommand,
  timeoutOption,
} from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";

const HOSTS = ["qemu", "libvirt"] as const;
const FIRMWARE = ["bios", "uefi"] as const;
const DISK_BUSES = ["virtio", "sata", "scsi", "nvme", "ide"] as const;
const PROOFS = ["full", "none"] as const;

/** `leeward drill …`: test failovers that are checked, cleaned up, and reported. */
export function addDrillCommands(program: Command, state: ProgramState): void {
  const drill = program
    .command("drill")
    .description("test failovers with evidence: checked, cleaned up, reported and signed");
  addRun(drill, state);
  addSchedule(drill, state);
  addLists(drill, state);
  addReport(drill, state);
  addVerify(drill, state);
}

function settingOptions(command: Command): Command {
  return command
    .option(
      "--check <check>",
      "console:TEXT, console (its login prompt), agent, tcp:PORT, http:PORT/PATH, or script:NAME in the master target's check-scripts; each must pass",
      (check: string, before: readonly string[]) => [...before, check],
      [],
    )
    .addOption(
      new Option("--check-timeout <duration>", "what checks may take from the machine's start, as 10m").argParser(
        durationSeconds,
      ),
    )
    .addOption(
      new Option("--proof <proof>", "full: all disks of the point are read twice, before and after")
        .choices(PROOFS)
        .default("full"),
    )
    .addOption(new Option("--host <host>", "what runs the machine at the master target").choices(HOSTS).default("qemu"))
    .addOption(new Option("--cpus <count>", "as many as the source has, unless told").argParser(positiveNumber))
    .addOption(new Option("--memory <MiB>", "as much as the source has, unless told").argParser(positiveNumber))
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
    .option("--allow-missing", "also from a point that does not have all disks");
}

function settingsOf(options: OptionValues): DrillSettings {
  const one = <const T extends string>(choices: readonly T[], name: string): T | undefined =>
    choices.find((each) => each === options.text(name));
  const given = {
    timeoutSeconds: options.number("checkTimeout"),
    proof: one(PROOFS, "proof"),
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
  return { checks: [...options.texts("check")], allowMissing: options.flag("allowMissing"), ...said };
}

function addRun(drill: Command, state: ProgramState): void {
  const command = settingOptions(
    drill
      .command("run <machine>")
      .description(
        "make a drill now: start the machine from a point, check it, clean up, and report; fails when a check does",
      )
      .option("--at <point>", "latest, a point's id, or a time (RFC 3339)", "latest"),
  ).addOption(timeoutOption());
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const body: DrillOrder = { at: options.text("at") ?? "latest", ...settingsOf(options) };
    const begun = await client.runDrill({ params: { machine: requireName(args, 0) }, body });
    const job = await waitForJob(context, begun.job.id, options.number("timeout"));
    const { items } = await allPages((page) => client.listDrills({ query: { machine: begun.drill.machine, ...page } }));
    const ended = items.find(({ id }) => id === begun.drill.id) ?? begun.drill;
    printDocument(context, { drill: ended, job }, () => describe(ended));
  });
}

function describe({ id, machineName, state, pointTime }: Drill): string {
  return fieldsOf({
    drill: id,
    machine: machineName,
    outcome: state,
    point: plainTime(pointTime),
    report: `leeward drill report ${id}`,
  });
}

function addSchedule(drill: Command, state: ProgramState): void {
  const command = settingOptions(
    drill
      .command("schedule <machine>")
      .description("have drills of the newest point made again and again, or (--off) not any more")
      .addOption(new Option("--every <duration>", "from one drill to the next, as 7d").argParser(durationSeconds))
      .option(
        "--window <window>",
        "when one may begin: always, outside-working-hours, or hours such as 'sat,sun 22:00-06:00'",
      )
      .option("--off", "end the schedule; reports stay"),
  );
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const params = { machine: requireName(args, 0) };
    const everySeconds = options.number("every");
    if (options.flag("off")) {
      printDocument(
        context,
        await client.removeDrillSchedule({ params }),
        ({ machineName }) => `drills of ${machineName} are not made by schedule any more`,
      );
      return;
    }
    if (everySeconds === undefined) throw everyMissing();
    const window = options.text("window");
    const body = { everySeconds, ...(window === undefined ? {} : { window }), ...settingsOf(options) };
    printDocument(
      context,
      await client.setDrillSchedule({ params, body }),
      ({ machineName, dueAt }) => `drills of ${machineName}, the next from ${plainTime(dueAt)} on`,
    );
  });
}

function everyMissing(): Fault {
  return new Fault({
    code: "usage-invalid",
    kind: "operator",
    message: "How often drills are to be made is not said.",
    remedy: "Give `--every 7d`, or `--off` to end the schedule.",
  });
}

function addLists(drill: Command, state: ProgramState): void {
  serverCommand(
    state,
    drill.command("list [machine]").description("list drills, newest first"),
    async (context, args) => {
      const client = await context.client();
      const [machine] = args;
      printList(
        context,
        await allPages((page) => client.listDrills({ query: { ...(machine !== undefined && { machine }), ...page } })),
        {
          MACHINE: (item) => item.machineName,
          STATE: (item) => item.state,
          BY: (item) => (item.scheduled ? "schedule" : item.actor),
          POINT: (item) => plainTime(item.pointTime),
          BEGUN: (item) => plainTime(item.createdAt),
          ID: (item) => item.id,
        },
      );
    },
  );
  serverCommand(
    state,
    drill.command("schedules").description("list which machines have drills by schedule"),
    async (context) => {
      const client = await context.client();
      printList(context, await allPages((page) => client.listDrillSchedules({ query: page })), {
        MACHINE: (item) => item.machineName,
        EVERY: (item) => `${item.everySeconds / 3_600} h`,
        WINDOW: (item) => item.window,
        CHECKS: (item) => item.settings.checks.join(" "),
        NEXT: (item) => plainTime(item.dueAt),
      });
    },
  );
}

function addReport(drill: Command, state: ProgramState): void {
  const command = drill
    .command("report <drill>")
    .description("show what a drill has shown; with --json, the signed document that `drill verify` checks")
    .option("--html <file>", "write it as one page that needs nothing else, to read and print");
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const signed = await client.showDrillReport({ params: { id: requireName(args, 0) } });
    const html = options.text("html");
    if (html === undefined) return printDocument(context, signed, ({ report }) => textOf(report));
    const file = absolutePath(context.host, html);
    await writeFresh(context.host.files, file, reportHtml(signed));
    const { drill: id, outcome } = signed.report;
    printDocument(context, { drill: id, outcome, file }, () => `${file}: the drill ${id} ${outcome}`);
  });
}

function textOf(report: DrillReport): string {
  const { machine, point, rpo, rto, proof, cleanup, problems, checks, interruptions } = report;
  const bytes = proof.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const wordOf = (ok: boolean | null): string => (ok === null ? "not made" : ok ? "passed" : "failed");
  return fieldsOf({
    drill: report.drill,
    machine: machine.name,
    outcome: report.outcome,
    ...Object.fromEntries(problems.map(({ message, code }, index) => [`problem ${index + 1}`, `${message} [${code}]`])),
    point: point === null ? "not chosen" : `${point.id}, ${plainTime(point.time)}, ${point.consistency}`,
    asked: `${plainTime(report.asked.time)} by ${report.asked.by}`,
    RPO: plainSeconds(rpo.seconds),
    "RTO, processor": plainSeconds(rto.startSeconds),
    ...Object.fromEntries(
      checks.map(({ check, ok, afterOrderSeconds }) => [
        `check ${check}`,
        `${wordOf(ok)}, ${plainSeconds(afterOrderSeconds)} after the order`,
      ]),
    ),
    proof: `${proof.result} (${proof.disks.length} disks, ${formatBytes(bytes)}). ${proof.words}`,
    cleanup: cleanup.words,
    interruptions:
      interruptions.length === 0 ? "none" : interruptions.map(({ state, why }) => `${state}: ${why}`).join(" "),
    ended: plainTime(report.endedAt),
  });
}

function addVerify(drill: Command, state: ProgramState): void {
  const command = drill
    .command("verify <file>")
    .description("check, without any server, that a report is what its config server signed (exit 7 if not)")
    .option("--ca <file>", "the installation's ca.pem; that of --home or LEEWARD_CA_FILE, unless told")
    .option("--home <dir>", "a server's home");
  plainCommand(state, command, async (context, args, options) => {
    const { files } = context.host;
    const path = absolutePath(context.host, requireName(args, 0));
    const { signed, signer } = await verifiedReport(files, { path, caPath: caPathOf(context, options) });
    const { drill: id, outcome, machine, endedAt } = signed.report;
    const { id: server, fingerprint, caFingerprint } = signer;
    const found = {
      file: path,
      valid: true,
      drill: id,
      machine: machine.name,
      outcome,
      endedAt,
      signer: { server, fingerprint, caFingerprint },
    };
    printDocument(context, found, () =>
      fieldsOf({
        signature: "holds",
        drill: id,
        machine: machine.name,
        outcome,
        signer: `config server ${server}`,
        authority: caFingerprint,
      }),
    );
  });
}

/** @throws Fault `report-anchor-missing` */
function caPathOf({ host }: CommandContext, options: OptionValues): string {
  const home = options.text("home");
  const path = options.text("ca") ?? (home === undefined ? host.environment["LEEWARD_CA_FILE"] : `${home}/ca.pem`);
  if (path !== undefined) return absolutePath(host, path);
  throw new Fault({
    code: "report-anchor-missing",
    kind: "operator",
    message: "It is not said by which authority the report should be signed.",
    remedy: "Give `--ca FILE` with the installation's `ca.pem`, or `--home`.",
  });
}
