import type { PlanRun } from "@leeward/api";
import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link, useParams } from "wouter";
import { useAction, useAnswer } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { useNowMs } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { Section } from "../../parts/section.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { RUN_TONES, secondsOf } from "./plan-words.ts";
import { RunSteps } from "./run-steps.tsx";
import { RUN_TEXTS } from "./run-texts.ts";
import { TEXTS } from "./texts.ts";

const LOOK_MS = 1_500;

export function PlanRunPage() {
  const text = useText(RUN_TEXTS);
  const words = useText(TEXTS);
  const { run: id = "" } = useParams();
  const run = useAnswer(
    "showPlanRun",
    { params: { run: id } },
    { refreshMs: (known) => (known !== undefined && isStill(known) ? 30_000 : LOOK_MS) },
  );
  const { data } = run;
  return (
    <Page
      title={data === undefined ? words.runs : text.runTitle(data.plan)}
      lead={data === undefined ? undefined : leadOf(data, { text, words })}
      actions={data !== undefined && <RunActions run={data} />}
      commands={[
        `leeward plan show-run ${id}`,
        `leeward plan continue ${id} STEP`,
        `leeward plan cancel ${id}`,
        `leeward plan cleanup ${id}`,
      ]}
    >
      <Answered answer={run}>
        {(known) => (
          <Stack gap="lg">
            <RunState run={known} />
            <RunSteps run={known} />
          </Stack>
        )}
      </Answered>
    </Page>
  );
}

function isStill({ state, cleanup }: PlanRun): boolean {
  return state !== "running" && cleanup !== "under-way";
}

function leadOf(
  { kind, actor, forced, at }: PlanRun,
  { text, words }: { readonly text: (typeof RUN_TEXTS)["en"]; readonly words: (typeof TEXTS)["en"] },
): string {
  const said = [text.runLead(words.kinds[kind], actor), ...(at === null ? [] : [at]), ...(forced ? [text.forced] : [])];
  return said.join(" · ");
}

function RunState({ run }: { readonly run: PlanRun }) {
  const text = useText(RUN_TEXTS);
  const words = useText(TEXTS);
  const format = useFormat();
  const nowMs = useNowMs(1_000);
  const ended = run.steps.filter(({ endedAt, state }) => endedAt !== null || state === "left-out").length;
  const duration = format.duration(secondsOf(run.createdAt, run.endedAt, nowMs));
  return (
    <Section
      title={words.state}
      actions={
        <Group gap="xs">
          <StateBadge size="lg" tone={RUN_TONES[run.state]} label={words.runStates[run.state]} />
          {run.kind === "test" && run.state !== "running" && (
            <StateBadge
              size="lg"
              tone={run.cleanup === "failed" ? "bad" : "plain"}
              label={words.cleanups[run.cleanup]}
            />
          )}
        </Group>
      }
    >
      <Progress
        value={run.steps.length === 0 ? 0 : (100 * ended) / run.steps.length}
        animated={run.state === "running"}
        color={run.state === "failed" ? "red" : undefined}
        aria-label={text.progressOf(run.plan)}
      />
      <Text size="sm" c="dimmed" mt={4}>
        {text.stepsEnded(format.count(ended), format.count(run.steps.length))} ·{" "}
        {run.endedAt === null ? text.since(duration) : text.took(duration)}
      </Text>
    </Section>
  );
}

function RunActions({ run }: { readonly run: PlanRun }) {
  const text = useText(RUN_TEXTS);
  const cancel = useAction("cancelPlanRun");
  const cleanUp = useAction("cleanUpPlanRun");
  const [asked, setAsked] = useState<"cancel" | "cleanup" | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  const params = { run: run.id };
  const isCleanable =
    run.kind === "test" && run.state !== "running" && run.cleanup !== "done" && run.cleanup !== "under-way";
  return (
    <>
      <Button component={Link} href={`/plans/${encodeURIComponent(run.plan)}`} variant="default">
        {text.toPlan}
      </Button>
      {run.state === "running" && (
        <ActionButton size="sm" calls="cancelPlanRun" onClick={() => setAsked("cancel")}>
          {text.cancel}
        </ActionButton>
      )}
      {isCleanable && (
        <ActionButton size="sm" variant="filled" calls="cleanUpPlanRun" onClick={() => setAsked("cleanup")}>
          {text.cleanUp}
        </ActionButton>
      )}
      <Confirm
        opened={asked === "cancel"}
        close={close}
        title={text.cancelTitle}
        action={text.cancel}
        danger
        isRunning={cancel.isRunning}
        run={async () => {
          await cancel.run({ params });
          close();
        }}
      >
        {text.cancelWhat}
      </Confirm>
      <Confirm
        opened={asked === "cleanup"}
        close={close}
        title={text.cleanUpTitle}
        action={text.cleanUp}
        isRunning={cleanUp.isRunning}
        run={async () => {
          await cleanUp.run({ params, body: {} });
          close();
        }}
      >
        {text.cleanUpWhat}
      </Confirm>
    </>
  );
}
