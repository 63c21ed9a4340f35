// What may follow on a failover as it stands, each with what it does and the question before it.
import type { Failover } from "@leeward/api";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../../api/api-context.tsx";
import { useAnswer } from "../../api/use-answer.ts";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { ActDialog } from "./act-dialog.tsx";
import { ACTION_TEXTS } from "./action-texts.ts";
import { actsOf, type FailoverAct, hasFailoverEnded } from "./failover-rules.ts";
import { TEXTS } from "./texts.ts";

export function FailoverActions({ failover, isBusy }: { readonly failover: Failover; readonly isBusy: boolean }) {
  const text = useText(TEXTS);
  const { acts: names, short } = useText(ACTION_TEXTS);
  const may = useMay("operator");
  const machine = useAnswer("showMachine", { params: { machine: failover.machine } }).data;
  const [asked, setAsked] = useState<FailoverAct | undefined>(undefined);
  const acts = actsOf(failover);
  const refusal = may ? (isBusy ? text.busy : undefined) : text.mayNot;
  return (
    <Section title={text.next}>
      {acts.length === 0 && (
        <Text size="sm" c="dimmed">
          {hasFailoverEnded(failover) ? text.over : text.waits}
        </Text>
      )}
      <Stack gap="md">
        {acts.map((act, index) => (
          <Group key={act} gap="md" align="center">
            <Button
              miw={160}
              variant={index === 0 ? "filled" : "default"}
              disabled={refusal !== undefined}
              onClick={() => setAsked(act)}
            >
              {names[act]}
            </Button>
            <Text size="sm" flex={1} miw={200}>
              {short[act]}
            </Text>
          </Group>
        ))}
        {acts.length > 0 && refusal !== undefined && (
          <Text size="sm" c="dimmed" role="status">
            {refusal}
          </Text>
        )}
      </Stack>
      {asked !== undefined && (
        <ActDialog act={asked} failover={failover} machine={machine} close={() => setAsked(undefined)} />
      )}
    </Section>
  );
}
