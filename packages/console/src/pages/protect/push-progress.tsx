import type { Push } from "@leeward/api";
import { Button, Card, Group, Stack, Text } from "@mantine/core";
import { REFRESH_MS } from "../../api/api-context.tsx";
import { useAnswer } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { Facts } from "../../parts/facts.tsx";
import { JobProgress } from "../../parts/job-progress.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { REGISTER_TEXTS } from "./register-texts.ts";

const LOOK_MS = 2_000;

interface PushProgressProps {
  readonly id: string;
  readonly registered: (machine: string) => void;
}

/** One machine on its way to being registered: what was found there, and how it ended. */
export function PushProgress({ id, registered }: PushProgressProps) {
  const push = useAnswer(
    "showPush",
    { params: { id } },
    { refreshMs: (data) => (data !== undefined && data.endedAt !== null ? REFRESH_MS : LOOK_MS) },
  );
  return <Answered answer={push}>{(data) => <PushCard push={data} registered={registered} />}</Answered>;
}

function PushCard({ push, registered }: { readonly push: Push } & Pick<PushProgressProps, "registered">) {
  const text = useText(REGISTER_TEXTS);
  const { state, machine, undone } = push;
  const tone = state === "done" ? "good" : state === "failed" ? "bad" : "working";
  return (
    <Card withBorder padding="md" role="group" aria-label={push.host}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Text fw={600} className="breakable">
            {push.machineName ?? push.host}
          </Text>
          <StateBadge tone={tone} label={text.states[state]} />
        </Group>
        <Findings push={push} />
        {undone !== null && <Text size="sm">{undone ? text.undone : text.notUndone}</Text>}
        <JobProgress id={push.job} />
        {state === "done" && machine !== null && (
          <Button w="fit-content" onClick={() => registered(machine)}>
            {text.choose}
          </Button>
        )}
      </Stack>
    </Card>
  );
}

function Findings({ push: { hostKey, found } }: { readonly push: Push }) {
  const text = useText(REGISTER_TEXTS);
  const facts = [
    ...(hostKey === null ? [] : [{ name: text.hostKey, value: hostKey }]),
    ...(found === null
      ? []
      : [
          { name: text.system, value: `${found.hostname}, ${found.distribution}, ${found.kernel}` },
          { name: text.rungs, value: found.rungs.join(", ") || "–" },
          { name: text.reachServer, value: text[found.serverReach] },
          { name: text.reachData, value: text[found.dataReach] },
        ]),
  ];
  return (
    <>
      {facts.length > 0 && <Facts facts={facts} />}
      {found?.notes.map((note) => (
        <Text key={note} size="sm" className="breakable">
          {note}
        </Text>
      ))}
    </>
  );
}
