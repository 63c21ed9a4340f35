import type { Job, PlanRun, PlanRunOrder } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { Fault } from "@leeward/base";
import { type Command, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { plainTime } from "../human-text.ts";
import { waitForJob } from "../job-wait.ts";
import { type ProgramState, serverCommand, timeoutOption } from "../leaf-command.ts";
import { printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { AT_TEXT } from "./failover-follow-commands.ts";
import { describeRun, PLAN_KINDS, planKindOf } from "./plan-text.ts";

/** What is waited for, and how long. */
interface Waiting {
  readonly wait: boolean;
  readonly timeout: number | undefined;
}

/** `leeward plan …`: what is done with runs. */
export function addPlanRunCommands(plan: Command, state: ProgramState): void {
  addRun(plan, state);
  addRunReading(plan, state);
  addAnswers(plan, state);
}

function addRun(plan: Command, state: ProgramState): void {
  const command = plan
    .command("run <plan>")
    .description("run a plan, and wait until it has ended; steps that ask a person are told of meanwhile")
    .addOption(
      new Option("--kind <kind>", "how its machines are failed over").choices(PLAN_KINDS).makeOptionMandatory(),
    )
    .option("--at <point>", `in the place of what the plan says of each machine: ${AT_TEXT}`)
    .option("--force", "also where a source cannot be told to take no more writes; recorded")
    .option("--no-wait", "return as soon as it has begun")
    .addOption(timeoutOption());
  serverCommand(state, command, async (context, args, options) => {
    const at = options.text("at");
    const forced = options.flag("force") ? { force: true } : {};
    const order = { kind: planKindOf(options), ...forced, ...(at === undefined ? {} : { at }) };
    const waiting = { wait: options.flag("wait"), timeout: options.number("timeout") };
    await runPlan(context, { plan: requireName(args, 0), order, ...waiting });
  });
}

/** Runs a plan, and prints the run and its job when it has ended. @throws as `waitForJob` */
export async function runPlan(
  context: CommandContext,
  { plan, order, wait, timeout }: Waiting & { readonly plan: string; readonly order: PlanRunOrder },
): Promise<void> {
  const client = await context.client();
  const { run, job } = await client.runRecoveryPlan({ params: { plan }, body: order });
  await printEnded(context, { run, job, wait, timeout });
}

async function printEnded(
  context: CommandContext,
  { run, job, wait, timeout }: Waiting & { readonly run: PlanRun; readonly job: Job },
): Promise<void> {
  const told = new Set<string>();
  const done = wait ? await waitForJob(context, job.id, timeout, () => tellAsking(context, run.id, told)) : job;
  const client = await context.client();
  const ended = await client.showPlanRun({ params: { run: run.id } });
  printDocument(context, { run: ended, job: done }, () => describeRun(ended));
}

/** Says on stderr which steps ask a person, each once. */
async function tellAsking({ client, host, json }: CommandContext, id: string, told: Set<string>): Promise<void> {
  if (json) return;
  const run = await (await client()).showPlanRun({ params: { run: id } });
  for (const { name, said } of run.steps.filter((step) => step.state === "asking" && !told.has(step.name))) {
    told.add(name);
    host.stderr.write(`${name}: ${said ?? ""}\n  leeward plan continue ${id} ${name} [--failed]\n`);
  }
}

function addRunReading(plan: Command, state: ProgramState): void {
  serverCommand(state, plan.command("runs [plan]").description("list runs, newest first"), async (context, args) => {
    const client = await context.client();
    const [wanted] = args;
    printList(
      context,
      await allPages((page) =>
        client.listPlanRuns({ query: { ...(wanted !== undefined && { plan: wanted }), ...page } }),
      ),
      {
        PLAN: (item) => item.plan,
        KIND: (item) => item.kind,
        STATE: (item) => item.state,
        STEPS: (item) => `${item.endedSteps} of ${item.totalSteps}`,
        CLEANUP: (item) => (item.kind === "test" ? item.cleanup : ""),
        BEGUN: (item) => plainTime(item.createdAt),
        ID: (item) => item.id,
      },
    );
  });

  serverCommand(
    state,
    plan.command("show-run <run>").description("show a run and its steps"),
    async (context, args) => {
      const client = await context.client();
      printDocument(context, await client.showPlanRun({ params: { run: requireName(args, 0) } }), describeRun);
    },
  );
}

function addAnswers(plan: Command, state: ProgramState): void {
  const answer = plan
    .command("continue <run> <step>")
    .description("say that a step which asks a person is done, or has failed")
    .option("--failed", "it has failed")
    .option("--notes <text>", "what is to be known of it later; kept with the run");
  serverCommand(state, answer, async (context, args, options) => {
    const client = await context.client();
    const params = { run: requireName(args, 0), step: requireName(args, 1) };
    const outcome = options.flag("failed") ? "failed" : "done";
    const notes = options.text("notes");
    const body = { outcome, ...(notes === undefined ? {} : { notes }) } as const;
    printDocument(context, await client.continuePlanRun({ params, body }), describeRun);
  });

  const cancel = plan
    .command("cancel <run>")
    .description("begin nothing more of a run; what runs is left as it is, and named");
  serverCommand(state, cancel, async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.cancelPlanRun({ params: { run: requireName(args, 0) } }), describeRun);
  });

  const cleanup = plan
    .command("cleanup <run>")
    .description("end the test failovers of a run, and remove their machines and all that these wrote")
    .option("--notes <text>", "what is to be known of it later; kept with each failover")
    .addOption(timeoutOption());
  serverCommand(state, cleanup, async (context, args, options) => {
    const client = await context.client();
    const notes = options.text("notes");
    const body = notes === undefined ? {} : { notes };
    const begun = await client.cleanUpPlanRun({ params: { run: requireName(args, 0) }, body });
    await printEnded(context, { ...begun, wait: true, timeout: options.number("timeout") });
  });
}

/** `--plan` takes the place of machines and of how they are to be. @throws Fault `plan-option-invalid` */
export function checkPlanAlone(command: Command, args: readonly string[]): void {
  const allowed = ["plan", "at", "force", "timeout", "json", "home"];
  const given = Object.keys(command.opts()).filter((name) => command.getOptionValueSource(name) === "cli");
  const others = [...args, ...given.filter((name) => !allowed.includes(name)).map((name) => `--${name}`)];
  if (others.length === 0) return;
  throw new Fault({
    code: "plan-option-invalid",
    kind: "operator",
    message: `With --plan there is nothing to be said of machines: ${others.join(", ")}.`,
    remedy: "The plan names its machines and says how each is to be: `leeward plan show`, `leeward plan edit`.",
  });
}

/** A machine or a plan has to be named. */
export function failoverOfNothing(): Fault {
  return new Fault({
    code: "failover-of-invalid",
    kind: "operator",
    message: "Neither a machine nor a plan is named.",
    remedy: "Name the machine, or a recovery plan with `--plan NAME`.",
  });
}
