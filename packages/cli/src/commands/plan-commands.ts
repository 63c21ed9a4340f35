import type { ApiClient, PlanDryRun, PlanStep, PlanStored, RecoveryPlan } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { Fault } from "@leeward/base";
import { readFile } from "@leeward/world";
import { type Command, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { Concluded } from "../conclusion.ts";
import { plainTime } from "../human-text.ts";
import { absolutePath, type OptionValues, type ProgramState, plainCommand, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList, tableOf } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { AT_TEXT } from "./failover-follow-commands.ts";
import { addPlanRunCommands } from "./plan-run-commands.ts";
import { PLAN_KINDS, planKindOf } from "./plan-text.ts";

/** As the server takes. */
const PLAN_BYTES_MAX = 1_048_576;
const FILE = ["--file <file>", "the plan's document, YAML or JSON; see `leeward plan schema`"] as const;

/** `leeward plan …`: recovery plans. */
export function addPlanCommands(program: Command, state: ProgramState): void {
  const plan = program
    .command("plan")
    .description("recovery plans: machines that are failed over in order, and what is done between");
  addWriting(plan, state);
  addReading(plan, state);
  addDryRun(plan, state);
  addPlanRunCommands(plan, state);

  const schema = plan.command("schema").description("print the JSON Schema of a plan's document");
  plainCommand(state, schema, async (context) => {
    // Loaded when it is needed: schemas are half of all that a command loads.
    const { PlanDocument } = await import("@leeward/api");
    const document = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "a recovery plan",
      ...PlanDocument,
    };
    printDocument(context, document, (each) => JSON.stringify(each, null, 2));
  });
}

function addWriting(plan: Command, state: ProgramState): void {
  const create = plan
    .command("create <plan>")
    .description("store a recovery plan")
    .requiredOption(...FILE);
  serverCommand(state, create, async (context, args, options) => {
    const client = await context.client();
    const body = { name: requireName(args, 0), text: await documentOf(context, options) };
    printStored(context, await client.createRecoveryPlan({ body }));
  });

  const edit = plan
    .command("edit <plan>")
    .description("replace a plan's document; runs that go on keep what they began with");
  edit
    .requiredOption(...FILE)
    .option(
      "--seen <time>",
      "only while nobody has changed it since: its `changedAt`, as `plan export --json` says it",
    );
  serverCommand(state, edit, async (context, args, options) => {
    const client = await context.client();
    const params = { plan: requireName(args, 0) };
    const body = { text: await documentOf(context, options) };
    const seen = options.text("seen");
    const ifMatch = seen === undefined ? null : await tagOfSeen(client, params, seen);
    printStored(context, await client.editRecoveryPlan({ params, body }, ifMatch === null ? {} : { ifMatch }));
  });

  const take = plan
    .command("import")
    .description("store a recovery plan under the name that its document has")
    .requiredOption(...FILE)
    .option("--replace", "also when there is one of that name");
  serverCommand(state, take, async (context, _, options) => {
    const client = await context.client();
    const body = { text: await documentOf(context, options), replace: options.flag("replace") };
    printStored(context, await client.createRecoveryPlan({ body }));
  });

  const remove = plan.command("remove <plan>").description("remove a plan; its runs stay");
  serverCommand(state, remove, async (context, args) => {
    const client = await context.client();
    const removed = await client.removeRecoveryPlan({ params: { plan: requireName(args, 0) } });
    printDocument(context, removed, ({ name }) => `Removed ${name}.`);
  });
}

/** The tag of the plan that was changed last at `seen`. @throws Fault `precondition-failed` when it was changed since. */
async function tagOfSeen(client: ApiClient, params: { readonly plan: string }, seen: string): Promise<string | null> {
  const { answer, tag } = await client.tagged("showRecoveryPlan", { params });
  if (answer.changedAt === seen) return tag;
  throw new Fault({
    code: "precondition-failed",
    kind: "operator",
    message: `The plan ${answer.name} was changed at ${answer.changedAt} by ${answer.actor}.`,
    remedy: "Read it again with `leeward plan export`, and decide anew.",
    detail: { plan: answer.name, changedAt: answer.changedAt },
  });
}

function addReading(plan: Command, state: ProgramState): void {
  serverCommand(state, plan.command("list").description("list recovery plans"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listRecoveryPlans({ query: page })), {
      NAME: (item) => item.name,
      STEPS: (item) => String(item.totalSteps),
      CHANGED: (item) => plainTime(item.changedAt),
      "LAST RUN": (item) => (item.lastRun === null ? "none" : `${item.lastRun.kind}, ${item.lastRun.state}`),
      DESCRIPTION: (item) => item.description,
    });
  });

  serverCommand(state, plan.command("show <plan>").description("show a plan's steps"), async (context, args) => {
    const client = await context.client();
    const params = { plan: requireName(args, 0) };
    printDocument(context, await client.showRecoveryPlan({ params }), describe);
  });

  const out = plan.command("export <plan>").description("print a plan's document as it was written, for `plan import`");
  serverCommand(state, out, async (context, args) => {
    const client = await context.client();
    const said = await client.readRecoveryPlan({ params: { plan: requireName(args, 0) } });
    printDocument(context, said, ({ text }) => text.replace(/\n$/, ""));
  });
}

function addDryRun(plan: Command, state: ProgramState): void {
  const command = plan
    .command("dry-run <plan>")
    .description("say what a run would do, in waves, and what of it would not work (exit 1); nothing is changed")
    .addOption(new Option("--kind <kind>", "what the run would be").choices(PLAN_KINDS).makeOptionMandatory())
    .option("--at <point>", `in the place of what the plan says of each machine: ${AT_TEXT}`)
    .option("--force", "as the run would be");
  serverCommand(state, command, async (context, args, options) => {
    const client = await context.client();
    const at = options.text("at");
    const query = { kind: planKindOf(options), force: options.flag("force"), ...(at === undefined ? {} : { at }) };
    const report = await client.dryRunRecoveryPlan({ params: { plan: requireName(args, 0) }, query });
    printDocument(context, report, describeDryRun);
    if (!report.ok) throw new Concluded(1);
  });
}

/** @throws Fault `plan-file-invalid`, and what keeps the file from being read */
async function documentOf({ host }: CommandContext, options: OptionValues): Promise<string> {
  const path = absolutePath(host, options.text("file") ?? "");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(host.files, path, PLAN_BYTES_MAX));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new Fault({
      code: "plan-file-invalid",
      kind: "operator",
      message: `${path} is not text in UTF-8.`,
      remedy: "Give the plan's document: YAML or JSON, as `leeward plan schema` says.",
      cause,
    });
  }
}

function printStored(context: CommandContext, stored: PlanStored): void {
  printDocument(context, stored, ({ plan }) => `Stored ${plan.name}, ${plan.steps.length} steps.`);
  if (!context.json) for (const warning of stored.warnings) context.host.stderr.write(`warning: ${warning}\n`);
}

function describe(plan: RecoveryPlan): string {
  const fields = fieldsOf({
    plan: plan.name,
    ...(plan.description === "" ? {} : { description: plan.description }),
    changed: `${plainTime(plan.changedAt)} by ${plan.actor}`,
    "last run": plan.lastRun === null ? "none" : `${plan.lastRun.id} (${plan.lastRun.kind}, ${plan.lastRun.state})`,
  });
  const columns = {
    STEP: (step: PlanStep) => step.name,
    WHAT: stepText,
    AFTER: (step: PlanStep) => step.after.join(", "),
    "ON FAILURE": (step: PlanStep) => step.onFailure ?? "",
  };
  return `${fields}\n\n${tableOf(plan.steps, columns)}`;
}

/** What a step does, in a few words. */
function stepText({ kind, machine, script, manual, waitSeconds, health }: PlanStep): string {
  switch (kind) {
    case "machine":
      return `machine ${machine ?? ""}`;
    case "script":
      return `script ${script?.file ?? ""}`;
    case "manual":
      return `a person: ${manual ?? ""}`;
    case "wait":
      return `wait ${waitSeconds ?? 0} s`;
    case "health":
      return `check ${health?.http?.url ?? `${health?.tcp?.host ?? ""}:${health?.tcp?.port ?? ""}`}`;
  }
}

function describeDryRun(report: PlanDryRun): string {
  const table = tableOf(
    report.steps.toSorted((one, other) => one.wave - other.wave),
    {
      WAVE: (step) => String(step.wave),
      STEP: (step) => step.name,
      MACHINE: (step) => step.machine ?? "",
      POINT: (step) => plainTime(step.pointTime),
      AGE: (step) => (step.pointAgeSeconds === null ? "" : `${Math.round(step.pointAgeSeconds)} s`),
      FORCE: (step) => (step.needsForce ? "needed" : ""),
      PROBLEMS: (step) => step.problems.join(" "),
    },
  );
  return `${table}\n\n${report.ok ? "Nothing is known that would keep it from working." : "It would not work as it is."}`;
}
