// What was refused of a form. Where somebody else has changed meanwhile what it was filled from, the way to go on is offered; nothing that was typed is lost.
import { isFault } from "@leeward/base";
import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { textsOf, useText } from "../text/language.tsx";
import { FaultPanel } from "./fault-notice.tsx";

const TEXTS = textsOf({
  en: {
    changed: "Somebody else has changed this meanwhile",
    changedHint:
      "Nothing was stored. Load it anew: what you changed here stays as you typed it, everything else is shown as it is stored now. Then look at it and save again.",
    load: "Load it anew",
  },
  ko: {
    changed: "그동안 다른 사람이 이 내용을 변경했습니다",
    changedHint:
      "저장된 것이 없습니다. 다시 불러오십시오. 여기서 변경한 내용은 입력한 그대로 남고, 나머지는 지금 저장된 내용으로 표시됩니다. 확인한 뒤 다시 저장하십시오.",
    load: "다시 불러오기",
  },
});

export function EditFault({ fault, load }: { readonly fault: Error; readonly load?: (() => void) | undefined }) {
  const text = useText(TEXTS);
  if (load === undefined || !isFault(fault, "precondition-failed")) return <FaultPanel fault={fault} />;
  return (
    <Alert color="yellow" variant="light" icon={<IconUsers aria-hidden />} title={text.changed} role="alert">
      <Stack gap="xs">
        <Text size="sm">{text.changedHint}</Text>
        <Button size="xs" variant="default" w="fit-content" onClick={load}>
          {text.load}
        </Button>
      </Stack>
    </Alert>
  );
}
