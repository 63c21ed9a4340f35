// The steps of a run as they go, in the waves in which they can begin; what asks a person is answered where it stands.
import type { PlanRun, PlanRunStep } from "@leeward/api";
import { Alert, Anchor, Card, Group, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { useNowMs } from "../../parts/moment.tsx";
import { Section } from "../../parts/section.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { StepName } from "./plan-run-form.tsx";
import { STEP_TONES, secondsOf } from "./plan-words.ts";
import { RUN_TEXTS } from "./run-texts.ts";
import { wavesOf } from "./waves.ts";

export function RunSteps({ run }: { readonly run: PlanRun }) {
  const text = useText(RUN_TEXTS);
  const format = useFormat();
  return wavesOf(run.steps).map((steps, index) => (
    <Section key={steps[0]?.name} title={text.wave(format.count(index + 1))}>
      <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {steps.map((step) => (
          <StepCard key={step.name} run={run.id} step={step} />
        ))}
      </Stack>
    </Section>
  ));
}

function StepCard({ run, step }: { readonly run: string; readonly step: PlanRunStep }) {
  const text = useText(RUN_TEXTS);
  const format = useFormat();
  const nowMs = useNowMs(1_000);
  const { begunAt, endedAt, after, failover, job, said, notes, error, state } = step;
  const facts = [
    ...(after.length === 0 ? [] : [text.comesAfter(after.join(", "))]),
    ...(begunAt === null
      ? []
      : [timeWords(endedAt !== null, format.duration(secondsOf(begunAt, endedAt, nowMs)), text)]),
  ];
  return (
    <Card component="li" withBorder padding="sm">
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <StepName name={step.name} kind={step.kind} />
          <StateBadge tone={STEP_TONES[state]} label={text.states[state]} />
        </Group>
        <Group gap="sm">
          <Text size="xs" c="dimmed" className="breakable">
            {facts.join(" · ")}
          </Text>
          {failover !== null && <Way href={`/failovers/${failover}`} label={text.failover} />}
          {job !== null && <Way href={`/jobs?job=${job}`} label={text.job} />}
        </Group>
        {said !== null && state !== "asking" && (
          <Text size="sm" className="breakable">
            {said}
          </Text>
        )}
        {notes !== null && <Text size="sm">{text.notesAre(notes)}</Text>}
        {error !== null && (
          <Alert color="red" variant="light" p="xs">
            <Text size="sm" className="breakable">
              {error.message} {error.remedy}
            </Text>
          </Alert>
        )}
        {state === "asking" && <Answer run={run} step={step} />}
      </Stack>
    </Card>
  );
}

function timeWords(hasEnded: boolean, duration: string, text: (typeof RUN_TEXTS)["en"]): string {
  return hasEnded ? text.took(duration) : text.since(duration);
}

function Way({ href, label }: { readonly href: string; readonly label: string }) {
  return (
    <Anchor component={Link} href={href} underline="always" size="xs">
      {label} →
    </Anchor>
  );
}

const NOTES_LENGTH_MAX = 4_096;

function Answer({ run, step }: { readonly run: string; readonly step: PlanRunStep }) {
  const text = useText(RUN_TEXTS);
  const answer = useAction("continuePlanRun");
  const [notes, setNotes] = useState("");
  const say = (outcome: "done" | "failed"): void => {
    const said = notes.trim() === "" ? {} : { notes: notes.trim() };
    void answer.run({ params: { run, step: step.name }, body: { outcome, ...said } });
  };
  return (
    <Alert color="orange" variant="light" title={text.asked}>
      <Stack gap="xs">
        <Text size="sm" className="breakable">
          {step.said ?? step.manual}
        </Text>
        <Textarea
          label={text.notes}
          aria-label={text.notesOf(step.name)}
          autosize
          maxLength={NOTES_LENGTH_MAX}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
        />
        <Group gap="xs">
          <ActionButton
            variant="filled"
            calls="continuePlanRun"
            loading={answer.isRunning}
            label={text.answerOf(text.answerDone, step.name)}
            onClick={() => say("done")}
          >
            {text.answerDone}
          </ActionButton>
          <ActionButton
            calls="continuePlanRun"
            label={text.answerOf(text.answerFailed, step.name)}
            onClick={() => say("failed")}
          >
            {text.answerFailed}
          </ActionButton>
        </Group>
      </Stack>
    </Alert>
  );
}
