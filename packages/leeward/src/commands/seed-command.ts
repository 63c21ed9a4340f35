import type { SeedOrder } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { assert, Fault, formatBytes, formatDuration, MICROS_PER_SECOND } from "@leeward/base";
import { absolutePath, type CliHost, type ProgramState, plainCommand, printDocument } from "@leeward/cli";
import type { Command } from "commander";
import { requireEnrolled } from "../enrolment.ts";
import { callAsMember } from "../member-call.ts";
import { homeOf } from "./home-option.ts";

/** `leeward seed save`: on the protected machine, what the operator's other commands about seeds load. */
export function addSeedSaveCommand(program: Command, state: ProgramState): void {
  const seed = program.commands.find((command) => command.name() === "seed");
  assert(seed !== undefined, "the operator's commands are there");
  const save = seed
    .command("save")
    .description(
      "on the protected machine: write a disk that waits for its seed to a medium, encrypted; goes on where it ended",
    )
    .requiredOption("--home <dir>", "the home of this machine's agent")
    .requiredOption("--disk <disk>", "the disk, by name or id")
    .requiredOption("--to <folder>", "a folder of its own on the medium")
    .option("--force", "begin although the medium may have too little room: what is written is compressed");
  plainCommand(state, save, async (context, _args, options) => {
    const { world, signal } = context.host;
    const home = homeOf(context.host, options);
    const store = await requireEnrolled(world, home);
    const { items } = await callAsMember({ world, home, store }, (client) =>
      allPages((page) => client.listSeedOrders({ query: page })),
    );
    const wanted = options.text("disk") ?? "";
    const order = items.find(({ disk, name }) => disk === wanted || name === wanted);
    if (order === undefined) throw notOrdered(wanted, items);
    const { machine: machineId, disk: diskId, branch, keyId, path, wrappedKey } = order;
    const folder = absolutePath(context.host, options.text("to") ?? "").replace(/(.)\/+$/, "$1");
    const key = { keyId, bytes: await store.unwrap(wrappedKey, keyId) };
    const { saveDiskSeed } = await import("@leeward/mobility-agent");
    const onProgress = progressOn(context.host, context.json);
    const saving = { world, home, path, folder, force: options.flag("force"), onProgress };
    const saved = await saveDiskSeed({ ...saving, order: { machineId, diskId, branch, key } }, signal);
    const { diskBytes: sizeBytes, files, bytes } = saved;
    printDocument(
      context,
      { disk: diskId, name: order.name, folder, sizeBytes, files, bytes },
      (item) =>
        `${item.name} is saved: ${formatBytes(item.sizeBytes)} of disk in ${formatBytes(item.bytes)}, in ${item.folder}.`,
    );
  });
}

/** How far it is, and how long it may take, on a terminal. */
function progressOn({ stderr, clock }: CliHost, json: boolean) {
  let begun: { readonly micros: number; readonly bytes: number } | undefined;
  return ({ doneBytes, totalBytes }: { readonly doneBytes: number; readonly totalBytes: number }): void => {
    if (!stderr.isTerminal || json) return;
    begun ??= { micros: clock.monotonicMicros(), bytes: doneBytes };
    const seconds = (clock.monotonicMicros() - begun.micros) / MICROS_PER_SECOND;
    const done = doneBytes - begun.bytes;
    const left = done === 0 ? "" : `, ${formatDuration((seconds * (totalBytes - doneBytes)) / done)} left`;
    const end = doneBytes === totalBytes ? "\n" : "";
    stderr.write(`\r\u001b[K${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}${left}${end}`);
  };
}

function notOrdered(disk: string, orders: readonly SeedOrder[]): Fault {
  const others = orders.length === 0 ? "none does" : `those that do: ${orders.map(({ name }) => name).join(", ")}`;
  return new Fault({
    code: "seed-not-awaited",
    kind: "operator",
    message: `No disk ${disk} of this machine waits for a seed; ${others}.`,
    remedy: "A seed is for a disk that was protected with --seed, and is loaded once; see `leeward disk status`.",
    detail: { disk },
  });
}
