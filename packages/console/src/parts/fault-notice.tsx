// A Fault as people read it: what happened, to what, and what to do. The words are the server's own.

import { isFault } from "@leeward/base";
import { Alert, Anchor, Button, Code, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "wouter";
import { textsOf, useText } from "../text/language.tsx";

const TEXTS = textsOf({
  en: {
    failed: "That did not work",
    needsSecond: "A second person is needed",
    old: "What follows was answered before, and may have changed since.",
    retry: "Try again",
    toApprovals: "To the approvals",
    mistake: "The console made a mistake. Reload the page; if it comes again, report it.",
  },
  ko: {
    failed: "작업하지 못했습니다",
    needsSecond: "두 번째 사람의 승인이 필요합니다",
    old: "아래는 그 전에 받은 내용이며, 그 뒤로 바뀌었을 수 있습니다.",
    retry: "다시 시도",
    toApprovals: "승인으로",
    mistake: "콘솔에 오류가 있습니다. 페이지를 새로 고치고, 다시 나타나면 알려 주십시오.",
  },
});

/** In the place of what could not be had. */
export function FaultPanel(props: {
  readonly fault: Error;
  readonly retry?: () => void;
  /** Whether what was had before it is shown below. */
  readonly isOld?: boolean;
}) {
  const { fault, retry, isOld = false } = props;
  const text = useText(TEXTS);
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={text.failed} role="alert">
      <FaultText fault={fault} />
      {isOld && (
        <Text size="sm" mt={4}>
          {text.old}
        </Text>
      )}
      {retry !== undefined && (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={retry}>
            {text.retry}
          </Button>
        </Group>
      )}
    </Alert>
  );
}

/** Message, remedy and code. */
export function FaultText({ fault }: { readonly fault: Error }) {
  const text = useText(TEXTS);
  if (!isFault(fault)) return <Text size="sm">{text.mistake}</Text>;
  return (
    <Stack gap={4}>
      <Text size="sm">{fault.message}</Text>
      <Text size="sm">{fault.remedy}</Text>
      <Code w="fit-content">{fault.code}</Code>
      {fault.code === "second-person-needed" && (
        <Anchor component={Link} href="/access?tab=approvals" size="sm">
          {text.toApprovals}
        </Anchor>
      )}
    </Stack>
  );
}

/** Tells of a Fault in the corner until it is closed. */
export function useFaultNotice(): (fault: Error) => void {
  const text = useText(TEXTS);
  return (fault) => {
    const waits = isFault(fault) && fault.code === "second-person-needed";
    notifications.show({
      title: waits ? text.needsSecond : text.failed,
      message: <FaultText fault={fault} />,
      color: waits ? "yellow" : "red",
      autoClose: false,
      role: "alert",
    });
  };
}
