import type { Machine, Opened } from "@leeward/api";
import { Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Command } from "../../parts/page.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { POINT_TEXTS } from "./point-texts.ts";

/** Points of this machine that are served as disks now. */
export function OpenedPoints({ machine }: { readonly machine: Machine }) {
  const text = useText(POINT_TEXTS);
  const opened = useItems("listOpened", {});
  return (
    <Section title={text.opened}>
      <Answered answer={opened}>
        {(all) => {
          const own = all.filter((each) => each.machine === machine.id);
          if (own.length === 0) return <Text c="dimmed">{text.noneOpened}</Text>;
          return (
            <Stack gap="md" component="ul" className="plain-list">
              {own.map((each) => (
                <li key={each.id}>
                  <OpenedPoint machine={machine} opened={each} />
                </li>
              ))}
            </Stack>
          );
        }}
      </Answered>
    </Section>
  );
}

function OpenedPoint({ machine, opened }: { readonly machine: Machine; readonly opened: Opened }) {
  const text = useText(POINT_TEXTS);
  const format = useFormat();
  const [isAsked, setAsked] = useState(false);
  const close = useAction("closePoint");
  const name = machine.disks.find(({ id }) => id === opened.disk)?.name ?? opened.disk;
  return (
    <Stack gap={4}>
      <Group gap="sm">
        <Text size="sm" fw={600} className="breakable">
          {name}
        </Text>
        <Text size="sm" c="dimmed">
          {format.bytes(opened.sizeBytes)} · {opened.readOnly ? text.readOnly : text.writableShort}
        </Text>
        <ActionButton
          needs="operator"
          size="compact-xs"
          variant="default"
          label={text.closeOf(name)}
          onClick={() => setAsked(true)}
        >
          {text.close}
        </ActionButton>
      </Group>
      <Command command={opened.nbdUri} />
      <Confirm
        opened={isAsked}
        close={() => setAsked(false)}
        title={text.closeOf(name)}
        action={text.close}
        isRunning={close.isRunning}
        run={async () => {
          if ((await close.run({ params: { id: opened.id } })) !== undefined) setAsked(false);
        }}
      >
        {text.closeWhat}
      </Confirm>
    </Stack>
  );
}
