import type { Job } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { type Command, Option } from "commander";
import { plainTime } from "../human-text.ts";
import { waitForJob } from "../job-wait.ts";
import { type ProgramState, serverCommand, timeoutOption } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";

const STATES = ["queued", "running", "succeeded", "failed", "cancelled"] as const satisfies readonly Job["state"][];
const KINDS = [
  "protect",
  "save",
  "verify",
  "resync",
  "seed-load",
  "failover-test",
  "failover-planned",
  "failover-proof",
  "failover-unplanned",
  "failover-change-point",
  "failover-cancel",
  "failover-cleanup",
  "failover-reprotect",
  "failover-failback",
  "drill",
  "recovery-plan",
  "recovery-plan-cleanup",
  "push",
  "agent-upgrade",
] as const satisfies readonly Job["kind"][];

/** `leeward job …`: work that takes long. */
export function addJobCommands(program: Command, state: ProgramState): void {
  const job = program.command("job").description("jobs: work that takes long");

  const list = job
    .command("list")
    .description("list jobs, newest first")
    .addOption(new Option("--state <state>", "in that state").choices(STATES))
    .addOption(new Option("--kind <kind>", "of that kind").choices(KINDS))
    .option("--machine <machine>", "of that machine, by name or id")
    .option("--since <time>", "under way, or ended after this time (RFC 3339)");
  serverCommand(state, list, async (context, _args, options) => {
    const client = await context.client();
    const wanted = STATES.find((each) => each === options.text("state"));
    const kind = KINDS.find((each) => each === options.text("kind"));
    const [machine, since] = [options.text("machine"), options.text("since")];
    const query = {
      ...(wanted !== undefined && { state: wanted }),
      ...(kind !== undefined && { kind }),
      ...(machine !== undefined && { machine }),
      ...(since !== undefined && { since }),
    };
    printList(context, await allPages((page) => client.listJobs({ query: { ...query, ...page } })), {
      ID: (item) => item.id,
      KIND: (item) => item.kind,
      SUBJECT: (item) => item.subject,
      STATE: (item) => item.state,
      STARTED: (item) => plainTime(item.startedAt),
      ERROR: (item) => item.error?.code ?? "",
    });
  });

  serverCommand(state, job.command("show <job>").description("show one job"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.showJob({ params: { id: requireName(args, 0) }, query: {} }), describe);
  });

  const wait = job.command("wait <job>").description("wait until a job has ended").addOption(timeoutOption());
  serverCommand(state, wait, async (context, args, options) => {
    printDocument(context, await waitForJob(context, requireName(args, 0), options.number("timeout")), describe);
  });

  serverCommand(state, job.command("cancel <job>").description("cancel a job"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.cancelJob({ params: { id: requireName(args, 0) } }), describe);
  });
}

function describe(job: Job): string {
  return fieldsOf({
    job: job.id,
    kind: job.kind,
    subject: job.subject,
    state: job.state,
    error: job.error === null ? "none" : `${job.error.message} [${job.error.code}]`,
  });
}
