import { NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../../api/api-context.tsx";
import { useItems } from "../../api/use-answer.ts";
import { useText } from "../../text/language.tsx";
import { EventList } from "../events/event-list.tsx";
import { TEXTS } from "./texts.ts";

/** What people and tokens have done: the events of one of them, or of all. */
export function Changes() {
  const text = useText(TEXTS);
  const may = useMay("administrator");
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
          ...users.map(({ name }) => ({ value: name, label: name })),
          ...tokens.map(({ id, note }) => ({ value: `token ${id}`, label: note ?? `token ${id}` })),
        ]}
        onChange={(event) => setActor(event.currentTarget.value)}
      />
      <EventList key={actor} filter={actor === "" ? {} : { actor }} />
    </Stack>
  );
}
