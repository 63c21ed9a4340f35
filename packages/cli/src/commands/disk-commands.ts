import type { Disk, Progress } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { Fault, formatDuration, MICROS_PER_SECOND, parseTime } from "@leeward/base";
import type { Command } from "commander";
import { plainBytes, plainSeconds } from "../human-text.ts";
import { waitForJob } from "../job-wait.ts";
import { type ProgramState, serverCommand, timeoutOption } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { addDiskCareCommands } from "./disk-care-commands.ts";
import { addTargetCommands } from "./disk-target-commands.ts";

/** `leeward disk …`: what is protected, by disk. */
export function addDiskCommands(program: Command, state: ProgramState): void {
  const disk = program.command("disk").description("disks: protect, look after, release");
  addList(disk, state);
  addProtect(disk, state);
  addDiskCareCommands(disk, state);
  addTargetCommands(disk, state);

  serverCommand(state, disk.command("status [machine]").description("show protected disks"), async (context, args) => {
    const client = await context.client();
    const query = args[0] === undefined ? {} : { machine: args[0] };
    printList(context, await allPages((page) => client.listDisks({ query: { ...query, ...page } })), {
      NAME: (item) => item.name,
      STATE: (item) => item.state,
      CAPTURE: (item) => captureText(item),
      RPO: (item) => plainSeconds(item.rpoSeconds),
      SIZE: (item) => plainBytes(item.sizeBytes),
      PROGRESS: (item) => progressText(item),
      HISTORY: (item) => historyText(item),
      FAULTS: (item) => item.faults.map((fault) => fault.code).join(", "),
      TARGETS: (item) => targetsText(item),
      NBD: (item) => item.nbdUri ?? "",
    });
  });

  serverCommand(
    state,
    disk
      .command("unprotect <machine> <disk>")
      .description("stop protecting a disk; its points stay unless asked")
      .option("--delete-points", "also delete every recovery point of the disk"),
    async (context, args, options) => {
      const client = await context.client();
      const params = { machine: requireName(args, 0), disk: requireName(args, 1) };
      const call = { params, query: { deletePoints: options.flag("deletePoints") } };
      printDocument(context, await client.unprotectDisk(call), (item) => `${item.name} is not protected any more.`);
    },
  );
}

function addList(disk: Command, state: ProgramState): void {
  const command = disk.command("list <machine>").description("what could be protected, and why something cannot");
  serverCommand(state, command, async (context, args) => {
    const client = await context.client();
    printList(
      context,
      await allPages((page) => client.listCandidates({ params: { machine: requireName(args, 0) }, query: page })),
      {
        PATH: (item) => item.path,
        KIND: (item) => item.kind,
        SIZE: (item) => plainBytes(item.sizeBytes),
        SPLITTER: (item) => item.refusal ?? "yes",
        TRACKER: (item) => item.trackerRefusal ?? "yes",
        RESCAN: (item) => item.rescanRefusal ?? "yes",
      },
    );
  });
}

function addProtect(disk: Command, state: ProgramState): void {
  const command = disk
    .command("protect <machine>")
    .description("protect a disk; returns when it is served: with a splitter, when its NBD address takes clients")
    .requiredOption("--path <path>", "the disk or image file on the machine")
    .option("--name <name>", "what to call the disk")
    .option(
      "--capture <rung>",
      "how writes are seen: splitter (applications use an NBD address), tracker (a block device as it is), or rescan (snapshots of it are compared)",
    )
    .option("--policy <policy>", "the policy to protect it under")
    .option("--target <target>", "its main master target; the one with the fewest disks unless told")
    .option("--also-to <target...>", "master targets that it goes to beside the main one")
    .option("--seed", "replicate nothing before its seed was carried to the target: `leeward seed save` and `load`")
    .addOption(timeoutOption());
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const machine = requireName(args, 0);
    const [name, capture, policy] = [options.text("name"), options.text("capture"), options.text("policy")];
    const [masterTarget, alsoTo] = [options.text("target"), options.texts("alsoTo")];
    const body = {
      path: options.text("path") ?? "",
      ...(name === undefined ? {} : { name }),
      ...(capture === undefined ? {} : { capture: captureOf(capture) }),
      ...(policy === undefined ? {} : { policy }),
      ...(masterTarget === undefined ? {} : { masterTarget }),
      ...(alsoTo.length === 0 ? {} : { alsoTo: [...alsoTo] }),
      ...(options.flag("seed") ? { seed: true } : {}),
    };
    const begun = await client.protectDisk({ params: { machine }, body });
    const job = await waitForJob(context, begun.job.id, options.number("timeout"));
    const disks = await allPages((page) => client.listDisks({ query: { machine, ...page } }));
    const protectedDisk = disks.items.find((item) => item.id === begun.disk.id) ?? begun.disk;
    printDocument(context, { disk: protectedDisk, job }, ({ disk: item }) =>
      fieldsOf({ disk: item.name, id: item.id, state: item.state, nbd: item.nbdUri ?? "" }),
    );
  });
}

function captureOf(text: string): "splitter" | "tracker" | "rescan" {
  if (text === "splitter" || text === "tracker" || text === "rescan") return text;
  throw new Fault({
    code: "capture-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} is not a way of capture; known: splitter, tracker, rescan.`,
    remedy: "Leave it out for `splitter`, or say `--capture tracker` or `--capture rescan`.",
    detail: { capture: text },
  });
}

/** The rung, and how long its last rescan took. */
function captureText({ capture, rescan }: Disk): string {
  const tookSeconds = rescan?.tookSeconds ?? null;
  return tookSeconds === null ? capture : `${capture} (${formatDuration(tookSeconds)})`;
}

/** How far back it reaches, what is going to become of that, and what is being merged. */
function historyText({ newestPoint, oldestPoint, historyForecast, heldExcess, merging }: Disk): string {
  const texts: string[] = [];
  if (newestPoint !== null && oldestPoint !== null)
    texts.push(formatDuration((parseTime(newestPoint) - parseTime(oldestPoint)) / MICROS_PER_SECOND));
  if (historyForecast !== null) {
    const { inSeconds, reachSeconds, reachLeftSeconds } = historyForecast;
    const [before, after, when] = [reachSeconds, reachLeftSeconds, inSeconds].map(formatDuration);
    texts.push(`cut from ${before} to ${after} in ${when}`);
  }
  if (heldExcess !== null) {
    const { pointCount, bytes, bytesMax, holders } = heldExcess;
    const owners = [...new Set(holders.map(({ owner }) => owner))].join(", ");
    const points = pointCount === 1 ? "a held point" : `${pointCount} held points`;
    texts.push(`${points} (${owners}) above the limit: ${plainBytes(bytes)} of ${plainBytes(bytesMax)}`);
  }
  if (merging !== null) texts.push(`merging ${amountText(merging)}`);
  return texts.join("; ");
}

/** Where it goes, the main target first. */
function targetsText({ targets }: Disk): string {
  if (targets === null) return "unknown";
  return targets.map(({ name, state }) => (state === "following" ? name : `${name} (${state})`)).join(", ");
}

function progressText({ progress }: Disk): string {
  return progress === null ? "" : amountText(progress);
}

function amountText({ doneBytes, totalBytes, etaSeconds }: Progress): string {
  return `${plainBytes(doneBytes)} of ${plainBytes(totalBytes)}${etaSeconds === null ? "" : `, ${Math.ceil(etaSeconds)} s`}`;
}
