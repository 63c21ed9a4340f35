// A failover from the choice of its kind to its progress: five steps, and nothing is begun before the last question.
import type { Failover, Machine } from "@leeward/api";
import { Alert, Anchor, Button, Card, Checkbox, Group, Radio, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link, useParams, useSearchParams } from "wouter";
import { useMay } from "../../api/api-context.tsx";
import { useAnswer, useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Page } from "../../parts/page.tsx";
import { useText } from "../../text/language.tsx";
import { FailoverBody } from "./failover-body.tsx";
import { FailoverReview } from "./failover-review.tsx";
import { hasFailoverEnded } from "./failover-rules.ts";
import { FAILOVER_KINDS } from "./failover-words.ts";
import { isOrderWhole } from "./machine-order.ts";
import { MachineOrderForm } from "./machine-order-form.tsx";
import { PointChoice } from "./point-choice.tsx";
import { TEXTS } from "./texts.ts";
import { useBeginFailover } from "./use-begin-failover.ts";
import { useFailover } from "./use-failover.ts";
import { stepBeside, WIZARD_STEPS, type WizardState, type WizardStep } from "./wizard-state.ts";
import { WIZARD_TEXTS } from "./wizard-texts.ts";

export function FailoverWizardPage() {
  const text = useText(WIZARD_TEXTS);
  const { machine: name = "" } = useParams();
  const machine = useAnswer("showMachine", { params: { machine: name } });
  const title = text.title(machine.data?.name ?? name);
  return (
    <Page
      title={title}
      lead={text.lead}
      commands={[
        `leeward failover test ${name} --at latest`,
        `leeward failover planned ${name}`,
        `leeward failover unplanned ${name} --at latest`,
      ]}
    >
      <Answered answer={machine}>{(known) => <Wizard machine={known} />}</Answered>
    </Page>
  );
}

function Wizard({ machine }: { readonly machine: Machine }) {
  const text = useText(WIZARD_TEXTS);
  const [search] = useSearchParams();
  const [step, setStep] = useState<WizardStep>("kind");
  const [wizard, setWizard] = useState<WizardState>({
    kind: "test",
    at: search.get("at") ?? "latest",
    order: {},
    force: false,
  });
  const [begun, setBegun] = useState<Failover | undefined>(undefined);
  const tell = (change: Partial<WizardState>): void => setWizard((before) => ({ ...before, ...change }));
  const refusal = useRefusal(machine, wizard, step);
  return (
    <Stack>
      <Text size="sm" fw={600} aria-live="polite">
        {text.stepOf(WIZARD_STEPS.indexOf(step) + 1, WIZARD_STEPS.length, text.steps[step])}
      </Text>
      {step === "live" && begun !== undefined ? (
        <Live id={begun.id} />
      ) : (
        <Card withBorder padding="lg">
          <Stack>
            <Title order={2} size="h4">
              {text.steps[step]}
            </Title>
            <StepFields step={step} machine={machine} wizard={wizard} tell={tell} />
            {refusal !== undefined && (
              <Text size="sm" c="dimmed" role="status">
                {refusal}
              </Text>
            )}
            <Group justify="space-between">
              <Button variant="default" disabled={step === "kind"} onClick={() => setStep(stepBeside(step, -1))}>
                {text.back}
              </Button>
              {step === "review" ? (
                <Begin
                  machine={machine}
                  wizard={wizard}
                  refusal={refusal}
                  begun={(failover) => {
                    setBegun(failover);
                    setStep("live");
                  }}
                />
              ) : (
                <Button disabled={refusal !== undefined} onClick={() => setStep(stepBeside(step, 1))}>
                  {text.next}
                </Button>
              )}
            </Group>
          </Stack>
        </Card>
      )}
    </Stack>
  );
}

/** Why one cannot go on from this step; undefined when one can. */
function useRefusal(machine: Machine, { kind, at, order, force }: WizardState, step: WizardStep): string | undefined {
  const text = useText(WIZARD_TEXTS);
  const common = useText(TEXTS);
  const may = useMay("operator");
  const standing = useStanding(machine);
  const isOffline = machine.state !== "online";
  if (!may) return common.mayNot;
  if (machine.disks.length === 0) return text.noDisks;
  if (standing !== undefined) return text.standing;
  if (kind === "planned" && isOffline) return text.plannedOffline;
  if (step === "point" && kind !== "planned" && at === "") return text.pointNeeded;
  if (step === "machine" && !isOrderWhole(order)) return text.bridgeNeeded;
  if ((step === "machine" || step === "review") && kind === "unplanned" && isOffline && !force) return text.forceNeeded;
  return undefined;
}

function useStanding(machine: Machine): Failover | undefined {
  const failovers = useItems("listFailovers", { query: { machine: machine.id } }).data ?? [];
  return failovers.find((each) => !hasFailoverEnded(each));
}

interface StepFieldsProps {
  readonly step: WizardStep;
  readonly machine: Machine;
  readonly wizard: WizardState;
  readonly tell: (change: Partial<WizardState>) => void;
}

function StepFields({ step, machine, wizard, tell }: StepFieldsProps) {
  const text = useText(WIZARD_TEXTS);
  switch (step) {
    case "kind":
      return <KindFields machine={machine} wizard={wizard} tell={tell} />;
    case "point":
      return wizard.kind === "planned" ? (
        <Text>{text.plannedPoint}</Text>
      ) : (
        <PointChoice machine={machine} at={wizard.at} choose={(at) => tell({ at })} />
      );
    case "machine":
      return (
        <Stack>
          <MachineOrderForm
            machine={machine}
            isTest={wizard.kind === "test"}
            order={wizard.order}
            change={(order) => tell({ order })}
          />
          {wizard.kind !== "test" && (
            <Checkbox
              label={text.force}
              description={text.forceWhat}
              checked={wizard.force}
              onChange={(event) => tell({ force: event.currentTarget.checked })}
            />
          )}
        </Stack>
      );
    case "review":
    case "live":
      return <FailoverReview machine={machine} wizard={wizard} />;
  }
}

const KINDS = ["test", "planned", "unplanned"] as const;

function KindFields({ machine, wizard, tell }: Omit<StepFieldsProps, "step">) {
  const text = useText(WIZARD_TEXTS);
  const kinds = useText(FAILOVER_KINDS);
  const standing = useStanding(machine);
  return (
    <Stack>
      {standing !== undefined && (
        <Alert color="orange" variant="light">
          {text.standing}{" "}
          <Anchor component={Link} href={`/failovers/${standing.id}`} underline="always" c="inherit">
            {text.standingOpen}
          </Anchor>
        </Alert>
      )}
      <Radio.Group
        label={text.kindLabel}
        value={wizard.kind}
        onChange={(value) => tell({ kind: KINDS.find((kind) => kind === value) ?? "test" })}
      >
        <Stack gap="md" mt="xs">
          {KINDS.map((kind) => (
            <Radio key={kind} value={kind} label={kinds[kind]} description={text.kinds[kind]} />
          ))}
        </Stack>
      </Radio.Group>
    </Stack>
  );
}

function Begin(props: {
  readonly machine: Machine;
  readonly wizard: WizardState;
  readonly refusal: string | undefined;
  readonly begun: (failover: Failover) => void;
}) {
  const text = useText(WIZARD_TEXTS);
  const { machine, wizard } = props;
  const [isAsked, setAsked] = useState(false);
  const { begin, isRunning } = useBeginFailover(machine.id);
  const word = text.begin[wizard.kind];
  const run = async (): Promise<void> => {
    const answer = await begin(wizard);
    setAsked(false);
    if (answer !== undefined) props.begun(answer.failover);
  };
  return (
    <>
      <Button
        color={wizard.kind === "test" ? undefined : "red.8"}
        disabled={props.refusal !== undefined}
        loading={isRunning}
        onClick={() => (wizard.kind === "test" ? void run() : setAsked(true))}
      >
        {word}
      </Button>
      <Confirm
        opened={isAsked}
        close={() => setAsked(false)}
        title={text.confirmTitle(machine.name)}
        action={word}
        typed={machine.name}
        danger
        isRunning={isRunning}
        run={run}
      >
        {text.kinds[wizard.kind]}
      </Confirm>
    </>
  );
}

function Live({ id }: { readonly id: string }) {
  const text = useText(WIZARD_TEXTS);
  const failover = useFailover(id);
  return (
    <Stack>
      <Anchor component={Link} href={`/failovers/${id}`} underline="always">
        {text.toFailover}
      </Anchor>
      <Answered answer={failover}>{(known) => <FailoverBody failover={known} />}</Answered>
    </Stack>
  );
}
