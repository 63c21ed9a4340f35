import type { Failover, Job } from "@leeward/api";
import { InvalidArgumentError } from "commander";
import type { CommandContext } from "../command-context.ts";
import { plainTime } from "../human-text.ts";
import { waitForJob } from "../job-wait.ts";
import { fieldsOf, printDocument } from "../output.ts";

export type Client = Awaited<ReturnType<CommandContext["client"]>>;

/** A failover, and the job that carries it on. */
export interface Begun {
  readonly failover: Failover;
  readonly job: Job;
}

export async function printWhenDone(
  context: CommandContext,
  { id, job, timeout }: { readonly id: string; readonly job: Job; readonly timeout: number | undefined },
): Promise<void> {
  const done = await waitForJob(context, job.id, timeout);
  const client = await context.client();
  const failover = await client.showFailover({ params: { failover: id } });
  printDocument(context, { failover, job: done }, () => describe(failover));
}

export function describe(failover: Failover): string {
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
    ...(failover.forced ? { forced: "yes" } : {}),
    ...(failover.fence === null ? {} : { source: SOURCE[failover.fence] }),
    ...(failover.proof === null ? {} : { proof: proofText(failover.proof) }),
    ...Object.fromEntries(
      failover.reverse.map((each) => [
        `back to ${each.name}`,
        `${each.complete ? "complete" : "under way"}: ${each.broughtBytes} of ${each.setBytes} bytes${each.method === "set" ? "" : ", compared as a whole"}`,
      ]),
    ),
    ...Object.fromEntries(failover.newDisks.map(({ name, path }) => [`${name} is on`, path])),
    ...(failover.lastPoint === null ? {} : { "last point": failover.lastPoint }),
    ...(failover.notes === null ? {} : { notes: failover.notes }),
    begun: `${plainTime(failover.createdAt)} by ${failover.actor}`,
    started: plainTime(failover.startedAt),
    ended: plainTime(failover.endedAt),
  });
}

const SOURCE = {
  fenced: "takes no writes",
  open: "its disks can be written past its agent",
  unconfirmed: "did not say that it takes no writes",
} as const;

function proofText({ comparedBytes, differingBytes }: NonNullable<Failover["proof"]>): string {
  return differingBytes === 0
    ? `the stopped source equals the point, ${comparedBytes} bytes compared`
    : `the stopped source differs from the point in ${differingBytes} of ${comparedBytes} bytes`;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value <= 0) {
    throw new InvalidArgumentError("It is not a whole number above 0.");
  }
  return value;
}
