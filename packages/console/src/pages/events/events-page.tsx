import { Button, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import { useSearchParams } from "wouter";
import { Page } from "../../parts/page.tsx";
import { useText } from "../../text/language.tsx";
import { EventList } from "./event-list.tsx";
import { TEXTS } from "./texts.ts";
import type { EventFilter } from "./use-event-feed.ts";

const COMMANDS = ["leeward events --since 1h", "leeward events --follow"];
const SEVERITIES = ["info", "warning", "critical"] as const;
const TEXT_FIELDS = ["kind", "actor", "subject"] as const;
const TIME_FIELDS = ["since", "until"] as const;
const DEBOUNCE_MS = 300;

/** The filter stands in the address, so that others can be shown the same, and pages can lead here. */
export function EventsPage() {
  const text = useText(TEXTS);
  const [search, setSearch] = useSearchParams();
  const [settled] = useDebouncedValue(search.toString(), DEBOUNCE_MS);
  const set = (name: string, value: string): void =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === "") after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  return (
    <Page title={text.title} lead={text.lead} commands={COMMANDS}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3, xl: 6 }}>
        <NativeSelect
          label={text.severity}
          value={search.get("severity") ?? "info"}
          data={SEVERITIES.map((each) => ({ value: each, label: text.severities[each] }))}
          onChange={(event) => set("severity", event.currentTarget.value)}
        />
        {TEXT_FIELDS.map((name) => (
          <TextInput
            key={name}
            label={text[name]}
            placeholder={name === "kind" ? text.kindHint : undefined}
            value={search.get(name) ?? ""}
            onChange={(event) => set(name, event.currentTarget.value)}
          />
        ))}
        {TIME_FIELDS.map((name) => (
          <TextInput
            key={name}
            type="datetime-local"
            label={text[name]}
            value={search.get(name) ?? ""}
            onChange={(event) => set(name, event.currentTarget.value)}
          />
        ))}
      </SimpleGrid>
      {search.size > 0 && (
        <Button
          variant="subtle"
          size="xs"
          w="fit-content"
          leftSection={<IconX aria-hidden size={14} />}
          onClick={() => setSearch({})}
        >
          {text.clear}
        </Button>
      )}
      <EventList key={settled} filter={filterOf(new URLSearchParams(settled))} />
    </Page>
  );
}

/** A time in the address is by the clock of the browser; what is none is no filter. */
function filterOf(search: URLSearchParams): EventFilter {
  const severity = SEVERITIES.find((each) => each === search.get("severity"));
  const fields = TEXT_FIELDS.map((name) => [name, search.get(name)?.trim() ?? ""] as const);
  const times = TIME_FIELDS.map((name) => [name, timeOf(search.get(name))] as const);
  return {
    ...(severity !== undefined && { severity }),
    ...Object.fromEntries([...fields, ...times].filter(([, value]) => value !== "")),
  };
}

function timeOf(text: string | null): string {
  const time = new Date(text ?? "");
  return Number.isNaN(time.getTime()) ? "" : time.toISOString();
}
