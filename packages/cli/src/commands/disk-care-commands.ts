import type { ApiClient, Disk, Verified } from "@leeward/api";
import { allPages, responseInvalid } from "@leeward/api/plain";
import { EXIT_CODES, Fault } from "@leeward/base";
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { Concluded } from "../conclusion.ts";
import { plainBytes } from "../human-text.ts";
import { waitForJob } from "../job-wait.ts";
import { type ProgramState, serverCommand, timeoutOption } from "../leaf-command.ts";
import { fieldsOf, printDocument } from "../output.ts";
import { requireName } from "../required-argument.ts";

/** `leeward disk verify` and `leeward disk resync`: whether the replica is right, and making it right. */
export function addDiskCareCommands(disk: Command, state: ProgramState): void {
  const verify = disk
    .command("verify <machine> <disk>")
    .description("compare a disk with its replica, and repair what differs; exit 7 if something could not be repaired")
    .addOption(timeoutOption());
  serverCommand(state, verify, async (context, args, options) => {
    const client = await context.client();
    const params = { machine: requireName(args, 0), disk: requireName(args, 1) };
    const begun = await client.verifyDisk({ params });
    const job = await waitForJob(context, begun.id, options.number("timeout"));
    const { result } = job;
    if (result === null || !("comparedBytes" in result))
      throw responseInvalid(`Job ${job.id} ended without saying what was compared.`);
    const { comparedBytes, skippedBytes, differingBytes, repairedBytes } = result;
    printDocument(context, { job, comparedBytes, skippedBytes, differingBytes, repairedBytes }, () =>
      describeVerified(job.subject, result),
    );
    if (repairedBytes < differingBytes) throw new Concluded(EXIT_CODES.corrupt);
  });

  const resync = disk
    .command("resync <machine> <disk>")
    .description("read a disk anew and copy what differs over its replica; its recovery points until now stay")
    .option("--now", "also outside of the disk's window for resyncs")
    .option("--whole", "copy all of it, also what the replica is found or known to hold")
    .option("--yes", "do not ask on a terminal")
    .addOption(timeoutOption());
  serverCommand(state, resync, async (context, args, options) => {
    const client = await context.client();
    const params = { machine: requireName(args, 0), disk: requireName(args, 1) };
    const before = await findDisk(client, params);
    const [now, whole] = [options.flag("now"), options.flag("whole")];
    await confirmDirection(context, { client, params, disk: before, whole, isAgreed: options.flag("yes") });
    const begun = await client.resyncDisk({ params, body: { now, whole } });
    const job = await waitForJob(context, begun.id, options.number("timeout"));
    const after = await findDisk(client, params);
    printDocument(context, { disk: after, job }, () =>
      fieldsOf({ disk: after.name, id: after.id, state: after.state, job: job.id }),
    );
  });
}

interface Named {
  readonly machine: string;
  readonly disk: string;
}

/** @throws Fault `disk-not-protected` */
async function findDisk(client: ApiClient, { machine, disk }: Named): Promise<Disk> {
  const { items } = await allPages((page) => client.listDisks({ query: { machine, ...page } }));
  const found = items.find(({ id }) => id === disk) ?? items.find(({ name }) => name === disk);
  if (found !== undefined) return found;
  throw new Fault({
    code: "disk-unknown",
    kind: "operator",
    message: `${machine} has no protected disk ${JSON.stringify(disk)}.`,
    remedy: "See `leeward disk status`.",
    detail: { machine, disk },
  });
}

/** Says which side will be overwritten, by how much at most, and what is expected to be sent, before anything is. @throws Fault `resync-not-confirmed` */
async function confirmDirection(
  { host }: CommandContext,
  of: {
    readonly client: ApiClient;
    readonly params: Named;
    readonly disk: Disk;
    readonly whole: boolean;
    readonly isAgreed: boolean;
  },
): Promise<void> {
  const { client, params, disk, whole, isAgreed } = of;
  const { items } = await allPages((page) => client.listServers({ query: page }));
  const target = items.find(({ id }) => id === disk.masterTarget)?.name ?? disk.masterTarget ?? "unknown";
  const most =
    disk.sizeBytes === null ? "all of it" : `at most ${disk.sizeBytes} bytes (${plainBytes(disk.sizeBytes)})`;
  host.stderr.write(
    `The source ${params.machine}:${disk.path} (${disk.name}) will be copied over its replica at ${target}, ${most}; recovery points until now stay.\n`,
  );
  host.stderr.write(`${expectedOf(disk, whole)}\n`);
  if (isAgreed || host.ask === undefined) return;
  const answer = await host.ask("Go on? [y/N] ");
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new Fault({
    code: "resync-not-confirmed",
    kind: "operator",
    message: "Nothing was begun.",
    remedy: "Answer `y`, or give `--yes`, when the source is to be copied over its replica.",
  });
}

/** How much will be read, and how much of that is likely to be sent. */
function expectedOf({ sizeBytes, verify }: Disk, whole: boolean): string {
  const read = sizeBytes === null ? "All of it will be read" : `Up to ${plainBytes(sizeBytes)} will be read`;
  if (whole) return `${read}, and all of that is expected to be sent.`;
  const comparedAt = verify.passBegunAt ?? verify.lastPassEndedAt;
  const last =
    comparedAt === null
      ? "the two were never compared"
      : `${plainBytes(verify.differingBytes)} did in the newest comparison (${comparedAt})`;
  return `${read}, and what differs from the replica is expected to be sent: ${last}.`;
}

function describeVerified(subject: string, verified: Verified): string {
  const { comparedBytes, skippedBytes, differingBytes, repairedBytes } = verified;
  return fieldsOf({
    disk: subject,
    compared: plainBytes(comparedBytes),
    skipped: skippedBytes === 0 ? "nothing" : `${plainBytes(skippedBytes)} that were being written`,
    differing: differingBytes === 0 ? "nothing" : plainBytes(differingBytes),
    repaired: differingBytes === 0 ? "nothing to repair" : plainBytes(repairedBytes),
  });
}
