import { NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useItems } from "../../api/use-answer.ts";
import { useRefusal } from "../../parts/action-button.tsx";
import { useText } from "../../text/language.tsx";
import { EventList } from "../events/event-list.tsx";
import { TEXTS } from "./texts.ts";
import { isApiRole } from "./token-table.tsx";

/** What people and tokens have done: the events of one of them, or of all. Events name an actor with the role that they had. */
export function Changes() {
  const text = useText(TEXTS);
  const may = useRefusal("listUsers") === undefined;
  const users = useItems("listUsers", {}, { enabled: may }).data ?? [];
  const tokens = useItems("listTokens", {}, { enabled: may }).data ?? [];
  const [actor, setActor] = useState("");
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {text.changesHint}
      </Text>
      <NativeSelect
        label={text.byWhom}
        w="fit-content"
        miw={240}
        value={actor}
        data={[
          { value: "", label: text.everybody },
          ...users.map(({ name, role }) => ({ value: `user ${name} (${role})`, label: name })),
          ...tokens
            .filter(({ role }) => isApiRole(role))
            .map(({ id, note, role }) => ({ value: `token ${id} (${role})`, label: note ?? `token ${id}` })),
        ]}
        onChange={(event) => setActor(event.currentTarget.value)}
      />
      <EventList key={actor} filter={actor === "" ? {} : { actor }} />
    </Stack>
  );
}
