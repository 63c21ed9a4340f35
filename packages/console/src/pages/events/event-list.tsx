// The rows of events, here and wherever else one looks at what happened.
import type { Event } from "@leeward/api";
import { Accordion, Button, Code, Group, Stack, Text } from "@mantine/core";
import { Answered } from "../../parts/answered.tsx";
import { type Fact, Facts } from "../../parts/facts.tsx";
import { FaultPanel } from "../../parts/fault-notice.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { SEVERITY_TONES, StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";
import { type EventFilter, useEventFeed } from "./use-event-feed.ts";

/** Give it the filter as its `key`, too: another filter is another feed. */
export function EventList({ filter }: { readonly filter: EventFilter }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const feed = useEventFeed(filter);
  return (
    <Stack>
      {feed.freshCount > 0 && (
        <Button
          onClick={feed.showFresh}
          w="fit-content"
          mx="auto"
          size="xs"
          pos="sticky"
          top={64}
          styles={{ root: { zIndex: 2 } }}
        >
          {text.fresh(format.count(feed.freshCount))}
        </Button>
      )}
      <Answered answer={feed.answer}>
        {(events) =>
          events.length === 0 ? <Nothing title={text.none}>{text.noneHint}</Nothing> : <Rows events={events} />
        }
      </Answered>
      {feed.olderFault !== null && <FaultPanel fault={feed.olderFault} />}
      {feed.hasOlder ? (
        <Button variant="default" mx="auto" loading={feed.isFetchingOlder} onClick={() => void feed.fetchOlder()}>
          {text.older}
        </Button>
      ) : (
        (feed.answer.data?.length ?? 0) > 0 && (
          <Text size="sm" c="dimmed" ta="center">
            {text.end}
          </Text>
        )
      )}
    </Stack>
  );
}

function Rows({ events }: { readonly events: readonly Event[] }) {
  const text = useText(TEXTS);
  return (
    <Accordion multiple variant="separated" aria-label={text.list} order={2}>
      {events.map((event) => (
        <Row key={event.id} event={event} />
      ))}
    </Accordion>
  );
}

function Row({ event }: { readonly event: Event }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const { id, time, severity, kind, subject, actor, address, message } = event;
  return (
    <Accordion.Item value={String(id)}>
      <Accordion.Control>
        <Group gap="sm" align="flex-start" wrap="wrap">
          <StateBadge tone={SEVERITY_TONES[severity]} label={text.severities[severity]} size="sm" />
          <Stack gap={2} flex={1} miw={220}>
            <Text size="sm" className="breakable">
              {message}
            </Text>
            <Text size="xs" c="dimmed" className="breakable">
              {[format.time(time), actor, kind].join(" · ")}
            </Text>
          </Stack>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Facts
          facts={[
            { name: text.time, value: <Moment time={time} exact /> },
            { name: text.actor, value: actor },
            { name: text.address, value: address ?? "–" },
            { name: text.subject, value: subject ?? "–" },
            { name: text.kind, value: <Code>{kind}</Code> },
            { name: text.number, value: format.count(id) },
            ...detailFacts(event),
          ]}
        />
      </Accordion.Panel>
    </Accordion.Item>
  );
}

function detailFacts({ detail }: Event): readonly Fact[] {
  return Object.entries(detail).map(([name, value]) => ({ name, value: value === null ? "–" : String(value) }));
}
