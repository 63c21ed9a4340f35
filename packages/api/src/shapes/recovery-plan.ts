import { type Static, Type } from "typebox";
import { At, MACHINE_ORDER } from "./failover.ts";
import { ErrorItem } from "./fault.ts";
import { Id, Name, NameOrId, nullable, Seconds, STRICT, Time } from "./schema-words.ts";

/** Of a plan's document, bytes. */
export const PLAN_BYTES_MAX = 1_048_576;
/** Of one plan, after its groups were taken apart. */
export const PLAN_STEPS_MAX = 2_000;
/** What ASR has of them. */
export const PLAN_GROUPS_MAX = 7;
const DAY_SECONDS = 86_400;
const Limit = Type.Integer({ minimum: 1, maximum: DAY_SECONDS, description: "seconds" });

const PlanScript = Type.Object(
  {
    file: Type.String({
      pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
      description: "name of an executable in HOME/config-server/scripts",
    }),
    limitSeconds: Type.Optional(Limit),
    in: Type.Optional(Type.Enum(["server", "replica"])),
    of: Type.Optional(Name),
  },
  STRICT,
);

const PlanHealth = Type.Object(
  {
    tcp: Type.Optional(
      Type.Object(
        {
          host: Type.String({ minLength: 1, maxLength: 253 }),
          port: Type.Integer({ minimum: 1, maximum: 65_535 }),
        },
        STRICT,
      ),
    ),
    http: Type.Optional(
      Type.Object(
        {
          url: Type.String({ pattern: "^https?://[!-~]{1,2040}$", description: "http: or https:" }),
          status: Type.Optional(Type.Integer({ minimum: 100, maximum: 599 })),
        },
        STRICT,
      ),
    ),
    limitSeconds: Type.Optional(Limit),
  },
  STRICT,
);

/** What an action does; exactly one of them. */
const ACTION = {
  script: Type.Optional(PlanScript),
  manual: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096, description: "what a person is to do" })),
  wait: Type.Optional(Type.Integer({ minimum: 0, maximum: DAY_SECONDS, description: "seconds" })),
  health: Type.Optional(PlanHealth),
};
const MACHINE = { machine: Type.Optional(NameOrId), at: Type.Optional(At), ...MACHINE_ORDER };
const AfterFailure = Type.Enum(["stop", "continue"], {
  description: "stop: nothing more is begun; continue: what depends on it is run all the same",
});
const ON_FAILURE = { onFailure: Type.Optional(AfterFailure) };

/** A step as a person writes it: a machine with its settings, or one action. */
export const WrittenStep = Type.Object(
  {
    name: Type.Optional(Name),
    after: Type.Optional(Type.Array(Name, { maxItems: PLAN_STEPS_MAX })),
    ...ON_FAILURE,
    ...MACHINE,
    ...ACTION,
  },
  STRICT,
);
export type WrittenStep = Static<typeof WrittenStep>;

const WrittenAction = Type.Object({ name: Name, ...ON_FAILURE, ...ACTION }, STRICT);
const WrittenMachine = Type.Object({ name: Type.Optional(Name), ...ON_FAILURE, ...MACHINE }, STRICT);
const Actions = Type.Optional(Type.Array(WrittenAction, { maxItems: PLAN_STEPS_MAX }));

/** Machines that are started together, after all of the group before; `first` and `last` are done one after the other. */
export const WrittenGroup = Type.Object(
  {
    first: Actions,
    machines: Type.Optional(Type.Array(Type.Union([NameOrId, WrittenMachine]), { maxItems: PLAN_STEPS_MAX })),
    last: Actions,
  },
  STRICT,
);
export type WrittenGroup = Static<typeof WrittenGroup>;

/** A recovery plan as a person writes it: `steps`, or `groups` in their place. */
export const PlanDocument = Type.Object(
  {
    name: Type.Optional(Name),
    description: Type.Optional(Type.String({ maxLength: 4_096 })),
    steps: Type.Optional(Type.Array(WrittenStep, { minItems: 1, maxItems: PLAN_STEPS_MAX })),
    groups: Type.Optional(Type.Array(WrittenGroup, { minItems: 1, maxItems: PLAN_GROUPS_MAX })),
  },
  STRICT,
);
export type PlanDocument = Static<typeof PlanDocument>;

const PlanStepKind = Type.Enum(["machine", "script", "manual", "wait", "health"]);
export type PlanStepKind = Static<typeof PlanStepKind>;

/** A step as it is done: groups are taken apart, and what was left out is said. What its kind does not have is null. */
export const PlanStep = Type.Object({
  name: Name,
  kind: PlanStepKind,
  after: Type.Array(Name),
  onFailure: nullable(AfterFailure),
  /** The machine as it was written. */
  machine: nullable(NameOrId),
  /** How it is to be; what is not there comes from its source. */
  settings: nullable(Type.Object({ at: Type.Optional(At), ...MACHINE_ORDER })),
  script: nullable(
    Type.Object({
      file: Type.String(),
      limitSeconds: Limit,
      /** The step whose machine and failover it is told, and whose replica machine it runs in. */
      of: nullable(Name),
      /** Where it runs: on the config server's machine, or in the replica machine; plans of earlier releases do not say, and mean the first. */
      in: Type.Optional(Type.Enum(["server", "replica"])),
    }),
  ),
  manual: nullable(Type.String()),
  waitSeconds: nullable(Type.Integer({ minimum: 0 })),
  health: nullable(
    Type.Object({
      tcp: nullable(Type.Object({ host: Type.String(), port: Type.Integer() })),
      http: nullable(Type.Object({ url: Type.String(), status: nullable(Type.Integer()) })),
      limitSeconds: Limit,
    }),
  ),
});
export type PlanStep = Static<typeof PlanStep>;

export const PlanKind = Type.Enum(["test", "planned", "unplanned"]);
export type PlanKind = Static<typeof PlanKind>;

export const PlanRunState = Type.Enum(["running", "succeeded", "failed", "cancelled"]);
export type PlanRunState = Static<typeof PlanRunState>;

const PLAN = {
  id: Id,
  name: Name,
  description: Type.String(),
  createdAt: Time,
  changedAt: Time,
  /** Who wrote it as it is. */
  actor: Type.String(),
  lastRun: nullable(Type.Object({ id: Id, kind: PlanKind, state: PlanRunState })),
};

/** Machines and actions, and what each of them comes after. */
export const RecoveryPlan = Type.Object({ ...PLAN, steps: Type.Array(PlanStep) });
export type RecoveryPlan = Static<typeof RecoveryPlan>;

/** A plan in a list. */
export const PlanSummary = Type.Object({ ...PLAN, totalSteps: Type.Integer({ minimum: 0 }) });
export type PlanSummary = Static<typeof PlanSummary>;

/** What was stored, and what in it cannot be run yet. */
export const PlanStored = Type.Object({ plan: RecoveryPlan, warnings: Type.Array(Type.String()) });
export type PlanStored = Static<typeof PlanStored>;

/** The document as it was written. */
/** `changedAt` is null where an older server does not say it. */
export const PlanText = Type.Object({ name: Name, text: Type.String(), changedAt: nullable(Time) });
export type PlanText = Static<typeof PlanText>;

const Text = Type.String({ minLength: 1, maxLength: PLAN_BYTES_MAX, description: "YAML" });
export const PlanOrder = Type.Object(
  { name: Type.Optional(Name), text: Text, replace: Type.Optional(Type.Boolean()) },
  STRICT,
);
export const PlanChange = Type.Object({ text: Text }, STRICT);

/** `at` takes the place of what the plan says of each machine; a planned failover has none, and a test is not forced. */
export const PlanRunOrder = Type.Object(
  { kind: PlanKind, at: Type.Optional(At), force: Type.Optional(Type.Boolean()) },
  STRICT,
);
export type PlanRunOrder = Static<typeof PlanRunOrder>;

export const PlanStepState = Type.Enum(["waiting", "running", "asking", "done", "failed", "left-out", "left"]);
export type PlanStepState = Static<typeof PlanStepState>;

/** A step of a run. */
export const PlanRunStep = Type.Object({
  ...PlanStep.properties,
  state: PlanStepState,
  machineId: nullable(Id),
  failover: nullable(Id),
  job: nullable(Id),
  /** What a script or a check said last, what a person is asked, or why nothing was done. */
  said: nullable(Type.String()),
  /** Of the person who said how it went. */
  notes: nullable(Type.String()),
  error: nullable(ErrorItem),
  begunAt: nullable(Time),
  endedAt: nullable(Time),
});
export type PlanRunStep = Static<typeof PlanRunStep>;

const RUN = {
  id: Id,
  plan: Name,
  kind: PlanKind,
  state: PlanRunState,
  /** Of a test: whether what it started was removed. */
  cleanup: Type.Enum(["none", "under-way", "done", "failed"]),
  at: nullable(At),
  forced: Type.Boolean(),
  job: Id,
  actor: Type.String(),
  createdAt: Time,
  endedAt: nullable(Time),
};

/** One time that a plan was run. */
export const PlanRun = Type.Object({ ...RUN, steps: Type.Array(PlanRunStep) });
export type PlanRun = Static<typeof PlanRun>;

/** A run in a list: how many of its steps have ended, in whatever way. */
export const PlanRunSummary = Type.Object({
  ...RUN,
  endedSteps: Type.Integer({ minimum: 0 }),
  totalSteps: Type.Integer({ minimum: 0 }),
});
export type PlanRunSummary = Static<typeof PlanRunSummary>;

export const PlanAnswer = Type.Object(
  { outcome: Type.Enum(["done", "failed"]), notes: Type.Optional(Type.String({ maxLength: 4_096 })) },
  STRICT,
);
export type PlanAnswer = Static<typeof PlanAnswer>;

/** What a run would do, and what of it would not work now. */
export const PlanDryRun = Type.Object({
  plan: Name,
  kind: PlanKind,
  /** Nothing is known that would keep a step from being done. */
  ok: Type.Boolean(),
  /** Each begins when the one before it could have ended; within one, all side by side. */
  waves: Type.Array(Type.Array(Name)),
  steps: Type.Array(
    Type.Object({
      name: Name,
      kind: PlanStepKind,
      wave: Type.Integer({ minimum: 1 }),
      machine: nullable(NameOrId),
      machineId: nullable(Id),
      point: nullable(Id),
      pointTime: nullable(Time),
      pointAgeSeconds: nullable(Seconds),
      /** Whether it is refused unless it is forced. */
      needsForce: Type.Boolean(),
      /** What would keep it from being done. */
      problems: Type.Array(Type.String()),
    }),
  ),
});
export type PlanDryRun = Static<typeof PlanDryRun>;
