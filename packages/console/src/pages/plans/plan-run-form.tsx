// A run before it is begun: what it would do now, and what of it would not work.
import type { PlanDryRun, PlanKind, PlanRunOrder, RecoveryPlan } from "@leeward/api";
import { Alert, Anchor, Checkbox, Group, List, Radio, Select, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import { useAction, useAnswer } from "../../api/use-answer.ts";
import { ActionButton, useRefusal } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Section } from "../../parts/section.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { POINT_WORDS } from "../failover/point-words.ts";
import { RUN_TEXTS } from "./run-texts.ts";
import { TEXTS } from "./texts.ts";
import { wavesOf } from "./waves.ts";

const KINDS = ["test", "planned", "unplanned"] as const;

export function PlanRunForm({ plan }: { readonly plan: RecoveryPlan }) {
  const text = useText(RUN_TEXTS);
  const words = useText(TEXTS);
  const may = useRefusal("dryRunRecoveryPlan") === undefined;
  const [kind, setKind] = useState<PlanKind>("test");
  const [at, setAt] = useState<string | null>(null);
  const [isForced, setForced] = useState(false);
  const order: PlanRunOrder = {
    kind,
    ...(kind !== "planned" && at !== null && { at }),
    ...(kind !== "test" && isForced && { force: true }),
  };
  const dryRun = useAnswer("dryRunRecoveryPlan", { params: { plan: plan.name }, query: order }, { enabled: may });
  return (
    <Stack gap="lg">
      <Group align="flex-start" gap="xl">
        <Radio.Group
          label={text.kindLabel}
          value={kind}
          onChange={(value) => setKind(KINDS.find((each) => each === value) ?? "test")}
        >
          <Stack gap="xs" mt="xs">
            {KINDS.map((each) => (
              <Radio key={each} value={each} label={words.kinds[each]} description={text.kindWhats[each]} />
            ))}
          </Stack>
        </Radio.Group>
        <Stack maw={360}>
          {kind !== "planned" && (
            <Select
              label={text.at}
              description={text.atHint}
              placeholder={text.atPlan}
              data={POINT_WORDS.map((value) => ({ value, label: text.ats[value] }))}
              value={at}
              clearable
              onChange={setAt}
            />
          )}
          {kind !== "test" && (
            <Checkbox
              label={text.force}
              description={text.forceWhat}
              checked={isForced}
              onChange={(event) => setForced(event.currentTarget.checked)}
            />
          )}
        </Stack>
      </Group>
      {may ? (
        <Section title={text.dryRun}>
          <Answered answer={dryRun}>{(found) => <DryRun found={found} />}</Answered>
        </Section>
      ) : (
        <StepList plan={plan} />
      )}
      <BeginRun plan={plan} order={order} />
    </Stack>
  );
}

function BeginRun({ plan, order }: { readonly plan: RecoveryPlan; readonly order: PlanRunOrder }) {
  const text = useText(RUN_TEXTS);
  const words = useText(TEXTS);
  const [, go] = useLocation();
  const run = useAction("runRecoveryPlan");
  const [isAsked, setAsked] = useState(false);
  const underWay = plan.lastRun?.state === "running" ? plan.lastRun : undefined;
  const machines = plan.steps.flatMap(({ machine }) => machine ?? []).join(", ");
  const begin = async (): Promise<void> => {
    const begun = await run.run({ params: { plan: plan.name }, body: order });
    setAsked(false);
    if (begun !== undefined) go(`/plan-runs/${begun.run.id}`);
  };
  return (
    <Group>
      <ActionButton
        size="sm"
        variant="filled"
        calls="runRecoveryPlan"
        loading={run.isRunning}
        refusal={underWay === undefined ? undefined : text.underWay}
        {...(order.kind === "test" ? {} : { color: "red.8" })}
        onClick={() => (order.kind === "test" ? void begin() : setAsked(true))}
      >
        {text.begin[order.kind]}
      </ActionButton>
      {underWay !== undefined && (
        <Anchor component={Link} href={`/plan-runs/${underWay.id}`} underline="always" size="sm">
          {text.underWay}
        </Anchor>
      )}
      <Confirm
        opened={isAsked}
        close={() => setAsked(false)}
        title={text.confirm(plan.name)}
        action={text.begin[order.kind]}
        typed={plan.name}
        danger
        isRunning={run.isRunning}
        run={begin}
      >
        <Text size="sm">
          {words.kinds[order.kind]}: {text.kindWhats[order.kind]}
        </Text>
        <Text size="sm" mt={4} className="breakable">
          {text.confirmWhat(machines)}
        </Text>
      </Confirm>
    </Group>
  );
}

function DryRun({ found }: { readonly found: PlanDryRun }) {
  const text = useText(RUN_TEXTS);
  const format = useFormat();
  const steps = new Map(found.steps.map((step) => [step.name, step]));
  return (
    <Stack>
      <Alert color={found.ok ? "teal" : "orange"} variant="light">
        {found.ok ? text.ok : text.notOk}
        {!found.ok && (
          <List size="sm" mt="xs">
            {found.steps.flatMap(({ name, problems }) =>
              problems.map((problem) => (
                <List.Item key={`${name} ${problem}`} className="breakable">
                  {name}: {problem}
                </List.Item>
              )),
            )}
          </List>
        )}
      </Alert>
      {found.waves.map((names, index) => (
        <Wave key={names.join("\n")} index={index + 1}>
          {names
            .flatMap((name) => steps.get(name) ?? [])
            .map((step) => (
              <List.Item key={step.name}>
                <Group gap="xs">
                  <StepName name={step.name} kind={step.kind} />
                  {step.pointTime !== null && (
                    <Text size="sm" c="dimmed">
                      {text.pointOf(format.time(step.pointTime), format.duration(step.pointAgeSeconds))}
                    </Text>
                  )}
                  {step.needsForce && <StateBadge tone="attention" label={text.needsForce} />}
                  {step.problems.length === 0 ? (
                    <StateBadge tone="good" label={text.noProblem} />
                  ) : (
                    <StateBadge tone="bad" label={text.hasProblem} />
                  )}
                </Group>
              </List.Item>
            ))}
        </Wave>
      ))}
    </Stack>
  );
}

function StepList({ plan }: { readonly plan: RecoveryPlan }) {
  return wavesOf(plan.steps).map((steps, index) => (
    <Wave key={steps[0]?.name} index={index + 1}>
      {steps.map(({ name, kind }) => (
        <List.Item key={name}>
          <StepName name={name} kind={kind} />
        </List.Item>
      ))}
    </Wave>
  ));
}

function Wave({ index, children }: { readonly index: number; readonly children: ReactNode }) {
  const text = useText(RUN_TEXTS);
  const format = useFormat();
  return (
    <section aria-label={text.wave(format.count(index))}>
      <Text size="sm" fw={600} title={text.waveWhat} mb={4}>
        {text.wave(format.count(index))}
      </Text>
      <List spacing={6} listStyleType="none" p={0}>
        {children}
      </List>
    </section>
  );
}

export function StepName({
  name,
  kind,
}: {
  readonly name: string;
  readonly kind: PlanDryRun["steps"][number]["kind"];
}) {
  const words = useText(TEXTS);
  return (
    <Text size="sm" component="span" className="breakable">
      <b>{name}</b> · {words.stepKinds[kind]}
    </Text>
  );
}
