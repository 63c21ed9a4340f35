import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { queryClient } from "../api/api-context.tsx";
import { serverMsOf } from "../api/server-clock.ts";
import type { Silence } from "../api/silence.ts";
import { FaultText } from "../parts/fault-notice.tsx";
import { useNowMs } from "../parts/moment.tsx";
import { textsOf, useText } from "../text/language.tsx";
import { useFormat } from "../text/use-format.ts";

const TEXTS = textsOf({
  en: {
    title: "The server does not answer",
    asOf: (time: string, since: string) =>
      `What you see is as it was at ${time} (${since}). It may have changed since.`,
    again: "It is asked again by itself.",
    now: "Ask now",
  },
  ko: {
    title: "서버가 응답하지 않습니다",
    asOf: (time: string, since: string) => `화면의 내용은 ${time}(${since})의 상태이며, 그 뒤로 바뀌었을 수 있습니다.`,
    again: "저절로 다시 묻습니다.",
    now: "지금 다시 묻기",
  },
});

/** Above every page while the server is silent: what is shown is old, and how old. */
export function SilenceNotice({ silence }: { readonly silence: Silence }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const nowMs = useNowMs();
  const time = new Date(serverMsOf(silence.sinceMs)).toISOString();
  return (
    <Alert
      color="red"
      variant="light"
      mb="lg"
      maw={1400}
      mx="auto"
      icon={<IconPlugConnectedX aria-hidden />}
      title={text.title}
      role="alert"
    >
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {text.asOf(format.time(time), format.since(time, nowMs))}
        </Text>
        <FaultText fault={silence.fault} />
        <Group gap="sm">
          <Button size="xs" variant="default" onClick={() => void queryClient.invalidateQueries()}>
            {text.now}
          </Button>
          <Text size="sm">{text.again}</Text>
        </Group>
      </Stack>
    </Alert>
  );
}
