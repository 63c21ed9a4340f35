import type { HistoryState } from "@leeward/api";
import { Group, Text } from "@mantine/core";
import { useText } from "../../text/language.tsx";
import { POINT_TEXTS } from "./point-texts.ts";
import type { PointSign } from "./timeline-view.ts";

const STATES: readonly HistoryState[] = ["continuous", "reduced", "gap"];
const SIGNS: readonly PointSign[] = ["auto", "consistent", "group", "mark", "locked"];
const HEIGHTS = { auto: 6, consistent: 9, group: 11, mark: 13, locked: 15 } as const;

/** Told apart by their patterns, whatever colours one sees: filled, striped, dotted. */
export function SpanPatterns({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={`${id}-continuous`} width="8" height="8" patternUnits="userSpaceOnUse">
        <rect width="8" height="8" className="fill-continuous" />
      </pattern>
      <pattern id={`${id}-reduced`} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="8" height="8" className="fill-back" />
        <rect width="4" height="8" className="fill-reduced" />
      </pattern>
      <pattern id={`${id}-gap`} width="6" height="6" patternUnits="userSpaceOnUse">
        <rect width="6" height="6" className="fill-back" />
        <circle cx="3" cy="3" r="1.6" className="fill-gap" />
      </pattern>
    </defs>
  );
}

/** What the patterns and the ticks mean. */
export function TimelineKey() {
  const text = useText(POINT_TEXTS);
  return (
    <Group gap="md" mt="xs">
      {STATES.map((state) => (
        <Group key={state} gap={6} wrap="nowrap">
          <svg width={28} height={14} aria-hidden="true">
            <SpanPatterns id={`key-${state}`} />
            <rect className={`span-${state}`} width={28} height={14} fill={`url(#key-${state}-${state})`} />
          </svg>
          <Text size="xs">{text.states[state]}</Text>
        </Group>
      ))}
      {SIGNS.map((sign) => (
        <Group key={sign} gap={6} wrap="nowrap">
          <svg width={6} height={16} aria-hidden="true">
            <line className={`point-${sign}`} x1={3} x2={3} y1={16} y2={16 - HEIGHTS[sign]} />
          </svg>
          <Text size="xs">{text.signs[sign]}</Text>
        </Group>
      ))}
    </Group>
  );
}
