import type { Opened, Point } from "@leeward/api";
import { allPages, responseInvalid } from "@leeward/api/plain";
import { Fault } from "@leeward/base";
import { type Command, Option } from "commander";
import { plainBytes, plainTime } from "../human-text.ts";
import { waitForJob } from "../job-wait.ts";
import { absolutePath, type OptionValues, type ProgramState, serverCommand, timeoutOption } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { describeSaved, formatOf, formatOption } from "../saved-format.ts";
import { timeRangeOf, timeRangeOptions } from "../time-range.ts";
import { fileWanted, withFileArguments } from "./file-commands.ts";
import { describeGroupPoint } from "./group-commands.ts";
import { addPointWayCommand } from "./history-commands.ts";
import { addPointLockCommands } from "./point-lock-commands.ts";
import { addPublish, addTemplate } from "./publish-commands.ts";

const AT_TEXT = "latest, a point's id, or a time (RFC 3339): the newest point at or before it";
const TARGET_OPTION = ["--target <target>", "at this one of the disk's targets, in the place of its main one"] as const;
const CREATE_SECONDS_DEFAULT = 300;
const CONSISTENCIES = ["crash", "application"] as const;

/** `leeward point …`: recovery points: list, make, open, save. */
export function addPointCommands(program: Command, state: ProgramState): void {
  const point = program.command("point").description("recovery points");
  addList(point, state);
  addCreate(point, state);
  addOpen(point, state);

  serverCommand(state, point.command("opened").description("list opened points"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listOpened({ query: page })), {
      ID: (item) => item.id,
      DISK: (item) => item.disk,
      POINT: (item) => item.point,
      NBD: (item) => item.nbdUri,
    });
  });

  serverCommand(
    state,
    point.command("close <id>").description("stop serving an opened point"),
    async (context, args) => {
      const client = await context.client();
      const id = requireName(args, 0);
      await client.closePoint({ params: { id } });
      printDocument(context, { id }, () => `Closed ${id}.`);
    },
  );

  addSave(point, state);
  addFiles(point, state);
  addPublish(point, state);
  addTemplate(point, state);
  addPointLockCommands(point, state);
  addPointWayCommand(point, state);
}

function addList(point: Command, state: ProgramState): void {
  const command = point.command("list <machine>").description("list recovery points, oldest first");
  timeRangeOptions(command).option(...TARGET_OPTION);
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const query = { ...timeRangeOf(options), ...targetOf(options) };
    printList(
      context,
      await allPages((page) =>
        client.listPoints({ params: { machine: requireName(args, 0) }, query: { ...query, ...page } }),
      ),
      {
        TIME: (item) => plainTime(item.time),
        "VALID UNTIL": (item) => plainTime(item.validUntil),
        KIND: (item) => item.kind,
        CONSISTENCY: (item) => item.consistency,
        DISKS: (item) => String(Object.keys(item.disks).length),
        LOCKED: (item) => (item.locked ? (item.lockedUntil === null ? "yes" : plainTime(item.lockedUntil)) : ""),
        ID: (item) => item.id,
      },
    );
  });
}

function addCreate(point: Command, state: ProgramState): void {
  const command = point
    .command("create [machine]")
    .description("make a point that contains every write acknowledged before; returns when it is recoverable")
    .addOption(
      new Option(
        "--consistency <kind>",
        "application brings applications to rest by the machine's hooks; see which was reached",
      )
        .choices(CONSISTENCIES)
        .default("crash"),
    )
    .option("--group <group>", "of all machines of a consistency group at one moment, in the place of one machine")
    .addOption(timeoutOption());
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const timeoutSeconds = Math.ceil(options.number("timeout") ?? CREATE_SECONDS_DEFAULT);
    const consistency = CONSISTENCIES.find((each) => each === options.text("consistency")) ?? "crash";
    const wait = { timeoutMs: (timeoutSeconds + 10) * 1_000, signal: context.host.signal };
    const [machine, group] = [args[0], options.text("group")];
    if ((machine === undefined) === (group === undefined)) throw machineOrGroup();
    if (group !== undefined) {
      const call = { params: { name: group }, body: { timeoutSeconds } };
      printDocument(context, await client.createGroupPoint(call, wait), describeGroupPoint);
      return;
    }
    const params = { machine: requireName(args, 0) };
    const made = await client.createPoint({ params, body: { consistency, timeoutSeconds } }, wait);
    printDocument(context, made, describePoint);
  });
}

function addOpen(point: Command, state: ProgramState): void {
  const command = point
    .command("open <machine> <disk>")
    .description("serve a recovery point as an NBD disk")
    .requiredOption("--at <point>", AT_TEXT)
    .option("--nbd <socket>", "path of the Unix socket, on the master target's machine")
    .option("--writable", "take writes into an overlay; the point itself never changes")
    .option(...TARGET_OPTION);
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const socket = options.text("nbd");
    const body = {
      at: options.text("at") ?? "",
      writable: options.flag("writable"),
      ...targetOf(options),
      ...(socket === undefined ? {} : { socketPath: absolutePath(context.host, socket) }),
    };
    const params = { machine: requireName(args, 0), disk: requireName(args, 1) };
    printDocument(context, await client.openPoint({ params, body }), describeOpened);
  });
}

function addSave(point: Command, state: ProgramState): void {
  const command = point
    .command("save <machine> <disk>")
    .description("write a recovery point to a file or device on the master target's machine")
    .requiredOption("--at <point>", AT_TEXT)
    .requiredOption("--to <path>", "the file or device")
    .addOption(formatOption())
    .option("--force", "overwrite what is there")
    .option(...TARGET_OPTION)
    .addOption(timeoutOption());
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const format = formatOf(options);
    const body = {
      at: options.text("at") ?? "",
      path: absolutePath(context.host, options.text("to") ?? ""),
      force: options.flag("force"),
      ...targetOf(options),
      // A server of an older release knows raw alone, and takes no word that it does not know.
      ...(format === "raw" ? {} : { format }),
    };
    const begun = await client.savePoint({
      params: { machine: requireName(args, 0), disk: requireName(args, 1) },
      body,
    });
    const { result } = await waitForJob(context, begun.id, options.number("timeout"));
    if (result === null || !("file" in result))
      throw responseInvalid(`Job ${begun.id} ended without saying what was saved.`);
    printDocument(context, result, describeSaved);
  });
}

function addFiles(point: Command, state: ProgramState): void {
  const command = point
    .command("files <machine> <disk>")
    .description("list and take files of a recovery point, on the master target's machine")
    .requiredOption("--at <point>", AT_TEXT);
  serverCommand(state, withFileArguments(command), async (context, args, options) => {
    const { withOpenedPoint } = await import("../files/point-disk.ts");
    const { fileWork } = await import("../files/file-work.ts");
    const wanted = fileWanted(context, { args, actionAt: 2, options });
    const at = options.text("at") ?? "";
    await withOpenedPoint(context, { machine: requireName(args, 0), disk: requireName(args, 1), at }, (device, of) =>
      fileWork(context, wanted, { device, of }),
    );
  });
}

function targetOf(options: Pick<OptionValues, "text">): { target?: string } {
  const target = options.text("target");
  return target === undefined ? {} : { target };
}

function machineOrGroup(): Fault {
  return new Fault({
    code: "point-of-invalid",
    kind: "operator",
    message: "A point is made of one machine or of one group.",
    remedy: "Name either a machine or --group GROUP.",
  });
}

function describePoint(point: Point): string {
  return fieldsOf({
    point: point.id,
    time: plainTime(point.time),
    consistency: point.consistency,
    disks: String(Object.keys(point.disks).length),
  });
}

function describeOpened(opened: Opened): string {
  return fieldsOf({
    opened: opened.id,
    point: opened.point,
    nbd: opened.nbdUri,
    size: plainBytes(opened.sizeBytes),
    writes: opened.readOnly ? "refused" : "go to an overlay",
  });
}
