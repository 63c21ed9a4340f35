// The history of a machine as a line to be drawn along: what can be recovered, how well, and the point that is chosen.
import type { Disk, Timeline as Spans } from "@leeward/api";
import { Box, Group, Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { type PointerEvent, useId } from "react";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { POINT_TEXTS } from "./point-texts.ts";
import { SpanPatterns, TimelineKey } from "./timeline-key.tsx";
import { indexByKey, indexNear, type PlacedPoint, placeOf, type TimeWindow, ticksOf, timeAt } from "./timeline-view.ts";

const LANE_HEIGHT = 18;
const TICKS_HEIGHT = 34;
const TICK_HEIGHTS = { auto: 10, consistent: 18, group: 22, mark: 26, locked: 30 } as const;

export interface TimelineProps {
  readonly points: readonly PlacedPoint[];
  /** Of the chosen point. */
  readonly index: number;
  readonly choose: (index: number) => void;
  readonly window: TimeWindow;
  readonly spans: Spans | undefined;
  readonly disks: readonly Disk[];
}

export function Timeline(props: TimelineProps) {
  const { points, index, choose, window } = props;
  const text = useText(POINT_TEXTS);
  const format = useFormat();
  const { ref, width } = useElementSize();
  const chosen = points[index];
  if (chosen === undefined) return null;
  const chooseAt = (event: PointerEvent): void => {
    const left = event.currentTarget.getBoundingClientRect().left;
    choose(indexNear(points, timeAt(event.clientX - left, window, width)));
  };
  const { point } = chosen;
  return (
    <Box>
      <Box
        ref={ref}
        className="timeline"
        role="slider"
        tabIndex={0}
        aria-label={text.slider}
        aria-valuemin={0}
        aria-valuemax={points.length - 1}
        aria-valuenow={index}
        aria-valuetext={text.pointText(
          format.time(point.time),
          text.kinds[point.kind],
          text.consistencies[point.consistency],
        )}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          chooseAt(event);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) chooseAt(event);
        }}
        onKeyDown={(event) => {
          const next = indexByKey(points, { index, key: event.key, window });
          if (next === undefined) return;
          event.preventDefault();
          choose(next);
        }}
      >
        <Drawing {...props} width={width} chosenMs={chosen.atMs} />
      </Box>
      <Group justify="space-between" mt={4}>
        <Text size="xs" c="dimmed">
          {format.time(new Date(window.fromMs).toISOString())}
        </Text>
        <Text size="xs" c="dimmed">
          {format.time(new Date(window.toMs).toISOString())}
        </Text>
      </Group>
      <TimelineKey />
    </Box>
  );
}

function Drawing(props: TimelineProps & { readonly width: number; readonly chosenMs: number }) {
  const { points, window, spans, disks, width, chosenMs } = props;
  const patterns = useId().replaceAll(/[^\w-]/g, "");
  const lanes = disks.map((disk) => spans?.disks.find((each) => each.disk === disk.id)?.spans ?? []);
  const height = TICKS_HEIGHT + Math.max(1, lanes.length) * LANE_HEIGHT;
  const x = placeOf(chosenMs, window, width);
  return (
    <svg width={width} height={height} aria-hidden="true" className="timeline-drawing">
      <SpanPatterns id={patterns} />
      {ticksOf(points, window, width).map((tick) => (
        <line
          key={tick.x}
          className={`point-${tick.sign}`}
          x1={tick.x}
          x2={tick.x}
          y1={TICKS_HEIGHT - 2}
          y2={TICKS_HEIGHT - 2 - TICK_HEIGHTS[tick.sign]}
        />
      ))}
      {lanes.map((lane, row) =>
        lane.map(({ from, to, state }) => {
          const begin = Math.max(0, placeOf(Date.parse(from), window, width));
          const end = Math.min(width, placeOf(Date.parse(to), window, width));
          if (end <= 0 || begin >= width) return null;
          return (
            <rect
              key={`${row} ${from}`}
              className={`span-${state}`}
              x={begin}
              y={TICKS_HEIGHT + row * LANE_HEIGHT}
              width={Math.max(1, end - begin)}
              height={LANE_HEIGHT - 4}
              fill={`url(#${patterns}-${state})`}
            />
          );
        }),
      )}
      <line className="timeline-chosen" x1={x} x2={x} y1={0} y2={height} />
      <circle className="timeline-handle" cx={x} cy={7} r={7} />
    </svg>
  );
}
