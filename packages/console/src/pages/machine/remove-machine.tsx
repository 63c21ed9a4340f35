import type { Machine } from "@leeward/api";
import { Checkbox, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { useText } from "../../text/language.tsx";
import { SETTINGS_TEXTS } from "./settings-texts.ts";

export function RemoveMachine({ machine }: { readonly machine: Machine }) {
  const text = useText(SETTINGS_TEXTS);
  const [, navigate] = useLocation();
  const [opened, setOpened] = useState(false);
  const [deletePoints, setDelete] = useState(false);
  const remove = useAction("removeMachine");
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {text.removalLead}
      </Text>
      <ActionButton
        needs="administrator"
        variant="filled"
        color="red.8"
        w="fit-content"
        onClick={() => setOpened(true)}
      >
        {text.remove}
      </ActionButton>
      <Confirm
        opened={opened}
        close={() => setOpened(false)}
        title={text.remove}
        action={text.remove}
        danger
        typed={machine.name}
        isRunning={remove.isRunning}
        run={async () => {
          const call = { params: { machine: machine.id }, query: { deletePoints } };
          if ((await remove.run(call)) !== undefined) navigate("/machines");
        }}
      >
        <Text size="sm">{text.removeWhat(machine.name, machine.disks.length)}</Text>
        <Checkbox
          mt="sm"
          label={text.deletePoints}
          checked={deletePoints}
          onChange={(event) => setDelete(event.currentTarget.checked)}
        />
      </Confirm>
    </Stack>
  );
}
