import type { Job } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import type { Command } from "commander";
import { plainTime } from "../human-text.ts";
import { waitForJob } from "../job-wait.ts";
import { type ProgramState, serverCommand, timeoutOption } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";

/** `leeward job …`: work that takes long. */
export function addJobCommands(program: Command, state: ProgramState): void {
  const job = program.command("job").description("jobs: work that takes long");

  serverCommand(state, job.command("list").description("list jobs, newest first"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listJobs({ query: page })), {
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
