import type { Machine, Point } from "@leeward/api";
import { Button, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";
import { useAnswer } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { MakePoint } from "./make-point.tsx";
import { OpenedPoints } from "./opened-points.tsx";
import { PointPanel } from "./point-panel.tsx";
import { POINT_TEXTS } from "./point-texts.ts";
import { TEXTS } from "./texts.ts";
import { Timeline } from "./timeline.tsx";
import { indexAt, placed, windowOf, ZOOMS, type Zoom } from "./timeline-view.ts";
import { usePoints } from "./use-points.ts";

/** A machine's recovery points: one is chosen, and something is done with it. */
export function PointsTab({ machine }: { readonly machine: Machine }) {
  const text = useText(TEXTS);
  const points = usePoints(machine.id);
  return (
    <Stack gap="lg">
      <Answered answer={points}>
        {(all) =>
          all.length === 0 ? (
            <Nothing title={text.noPoints} action={<MakePoint machine={machine} made={points.refresh} />}>
              {text.noPointsHint}
            </Nothing>
          ) : (
            <ChosenPoint machine={machine} points={all} changed={points.refresh} />
          )
        }
      </Answered>
      <OpenedPoints machine={machine} />
    </Stack>
  );
}

interface ChosenPointProps {
  readonly machine: Machine;
  readonly points: readonly Point[];
  /** Points were made, locked or unlocked. */
  readonly changed: () => void;
}

function ChosenPoint({ machine, points, changed }: ChosenPointProps) {
  const text = useText(POINT_TEXTS);
  const all = useMemo(() => placed(points), [points]);
  // Undefined is the newest one, whichever that is.
  const [chosenId, setChosenId] = useState<string | undefined>(undefined);
  const [anchorMs, setAnchorMs] = useState<number | undefined>(undefined);
  const [zoom, setZoom] = useState<Zoom>("24h");
  const spans = useAnswer("timeline", { params: { machine: machine.id } }).data;
  const found = chosenId === undefined ? -1 : all.findLastIndex(({ point }) => point.id === chosenId);
  const index = found === -1 ? all.length - 1 : found;
  const window = windowOf(all, zoom, anchorMs);
  const choose = (next: number): void => {
    const atMs = all[next]?.atMs;
    if (atMs === undefined) return;
    setChosenId(next === all.length - 1 ? undefined : all[next]?.point.id);
    // What is looked at stays where it is, so that dragging does not move it away from under the pointer.
    if (atMs < window.fromMs || atMs > window.toMs) setAnchorMs(atMs);
  };
  const chosen = all[index];
  return (
    <>
      <Section title={text.choose} actions={<MakePoint machine={machine} made={changed} />}>
        <Stack gap="md">
          <Group justify="space-between" align="flex-end">
            <SegmentedControl
              aria-label={text.zoom}
              value={zoom}
              onChange={(next) => {
                setZoom(isZoom(next) ? next : "24h");
                setAnchorMs(chosen?.atMs);
              }}
              data={Object.keys(ZOOMS).map((each) => ({ value: each, label: isZoom(each) ? text.zooms[each] : each }))}
            />
            <ExactTime key={chosenId ?? "newest"} atMs={chosen?.atMs} choose={(ms) => choose(indexAt(all, ms))}>
              <Button
                variant="default"
                onClick={() => {
                  setChosenId(undefined);
                  setAnchorMs(undefined);
                }}
              >
                {text.newest}
              </Button>
            </ExactTime>
          </Group>
          <Timeline points={all} index={index} choose={choose} window={window} spans={spans} disks={machine.disks} />
          {spans?.disks
            .filter(({ unknown }) => unknown !== null)
            .map(({ disk, unknown }) => (
              <Text key={disk} size="xs" c="dimmed">
                {text.unknownSpans(machine.disks.find(({ id }) => id === disk)?.name ?? disk, unknown ?? "")}
              </Text>
            ))}
          <Text size="xs" c="dimmed">
            {text.hint}
          </Text>
        </Stack>
      </Section>
      {chosen !== undefined && <PointPanel machine={machine} point={chosen.point} changed={changed} />}
    </>
  );
}

interface ExactTimeProps {
  readonly atMs: number | undefined;
  readonly choose: (ms: number) => void;
  readonly children: ReactNode;
}

/** The chosen time as text, to be read and written to the second. */
function ExactTime({ atMs, choose, children }: ExactTimeProps) {
  const text = useText(POINT_TEXTS);
  const [written, setWritten] = useState<string | undefined>(undefined);
  const shown = written ?? (atMs === undefined ? "" : localText(atMs));
  const ms = Date.parse(shown);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // All of the second that is written.
        if (!Number.isNaN(ms)) choose(ms + 999);
      }}
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          type="datetime-local"
          step={1}
          label={text.exact}
          title={text.exactHint}
          error={Number.isNaN(ms) ? text.invalid : undefined}
          value={shown}
          onChange={(event) => setWritten(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          {text.go}
        </Button>
        {children}
      </Group>
    </form>
  );
}

/** As the browser's own field has it: local, without a zone. */
function localText(ms: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 19);
}

function isZoom(text: string): text is Zoom {
  return Object.hasOwn(ZOOMS, text);
}
