// Which point a machine is to be started from, in the field's words, or one of the list.
import type { Machine, Point } from "@leeward/api";
import { Button, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { serverNowMs } from "../../api/server-clock.ts";
import { useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Moment, useNowMs } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { POINT_TEXTS } from "./point-texts.ts";
import { isPointWord, pointMeant } from "./point-words.ts";

const WINDOW_MS = 3_600_000;
const CHOSEN = "chosen";

export interface PointChoiceProps {
  readonly machine: Machine;
  /** A word, a point's id or a time; empty while a point is still to be chosen. */
  readonly at: string;
  readonly choose: (at: string) => void;
}

export function PointChoice({ machine, at, choose }: PointChoiceProps) {
  const text = useText(POINT_TEXTS);
  const groups = useItems("listGroups", {}).data ?? [];
  const group = groups.find(({ members }) => members.some((member) => member.machine === machine.id));
  const { data: newest } = useNewestPoints(machine.id, { once: true });
  const word = isPointWord(at) ? at : CHOSEN;
  const options = [
    { value: "latest", label: text.latest, what: text.latestWhat },
    { value: "latest-processed", label: text.latestProcessed, what: text.latestProcessedWhat },
    { value: "latest-application", label: text.latestApplication, what: text.latestApplicationWhat },
    {
      value: "latest-group",
      label: text.latestGroup,
      what: group === undefined ? text.noGroup : text.latestGroupWhat(group.name),
    },
  ];
  return (
    <Stack>
      <Radio.Group label={text.which} value={word} onChange={(value) => choose(value === CHOSEN ? "" : value)}>
        <Stack gap="sm" mt="xs">
          {options.map(({ value, label, what }) => (
            <Radio
              key={value}
              value={value}
              label={label}
              disabled={value === "latest-group" && group === undefined}
              description={
                <>
                  {what} <NewestAge at={value} points={newest} />
                </>
              }
            />
          ))}
          <Radio value={CHOSEN} label={text.chosen} description={text.chosenWhat} />
        </Stack>
      </Radio.Group>
      {word === CHOSEN && <ChosenPoint machine={machine} at={at} choose={choose} />}
    </Stack>
  );
}

/** The points of the hour until now, oldest first. */
export function useNewestPoints(machine: string, { once }: { readonly once: boolean }) {
  const [from] = useState(() => new Date(serverNowMs() - WINDOW_MS).toISOString());
  return useItems("listPoints", { params: { machine }, query: { from } }, { once });
}

function NewestAge({ at, points }: { readonly at: string; readonly points: readonly Point[] | undefined }) {
  const text = useText(POINT_TEXTS);
  const format = useFormat();
  const nowMs = useNowMs();
  if (points === undefined || at === "latest-group") return null;
  const point = pointMeant(at, points);
  if (point !== undefined) return text.newest(format.since(point.validUntil, nowMs));
  return at === "latest-application" ? text.noApplication : null;
}

function ChosenPoint({ machine, at, choose }: PointChoiceProps) {
  const text = useText(POINT_TEXTS);
  const format = useFormat();
  const [until, setUntil] = useState(() => new Date(serverNowMs()));
  const isTime = at !== "" && !/^[0-9a-f]{32}$/.test(at);
  const query = { from: new Date(until.getTime() - WINDOW_MS).toISOString(), to: until.toISOString() };
  const points = useItems("listPoints", { params: { machine: machine.id }, query }, { once: true });
  const columns = useColumns({ machine, at, choose });
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <TextInput
          type="datetime-local"
          step={1}
          label={text.moment}
          description={`${text.momentHint} ${text.window}`}
          value={localText(until)}
          onChange={(event) => {
            const moment = new Date(event.currentTarget.value);
            if (Number.isNaN(moment.getTime())) return;
            setUntil(moment);
            choose(moment.toISOString());
          }}
        />
        {isTime && <StateBadge tone="good" label={text.taken} />}
        <Button variant="default" onClick={points.refresh}>
          {text.renew}
        </Button>
      </Group>
      <Answered answer={points}>
        {(items) => (
          <DataTable
            label={text.list}
            rows={items.toReversed()}
            columns={columns}
            keyOf={({ id }) => id}
            textOf={({ id, time, consistency, kind }) =>
              `${format.time(time)} ${text.consistencies[consistency]} ${text.kinds[kind]} ${id}`
            }
            rowsPerPage={10}
            empty={<Nothing title={text.none}>{text.noneLead}</Nothing>}
          />
        )}
      </Answered>
    </Stack>
  );
}

function useColumns({ machine, at, choose }: PointChoiceProps): readonly Column<Point>[] {
  const text = useText(POINT_TEXTS);
  const format = useFormat();
  return [
    {
      key: "take",
      title: text.take,
      isShort: true,
      show: (point) =>
        point.id === at ? (
          <StateBadge tone="good" label={text.taken} />
        ) : (
          <Button
            size="xs"
            variant="default"
            aria-label={text.takeOf(format.time(point.time))}
            onClick={() => choose(point.id)}
          >
            {text.take}
          </Button>
        ),
    },
    {
      key: "time",
      title: text.time,
      show: ({ time }) => <Moment time={time} exact />,
      order: ({ time }) => Date.parse(time),
    },
    {
      key: "consistency",
      title: text.consistency,
      isShort: true,
      show: ({ consistency }) => text.consistencies[consistency],
      order: ({ consistency }) => consistency,
    },
    {
      key: "kind",
      title: text.kind,
      show: ({ kind, locked }) => (locked ? `${text.kinds[kind]}, ${text.locked}` : text.kinds[kind]),
    },
    {
      key: "disks",
      title: text.disks,
      isShort: true,
      show: ({ disks }) => text.disksOf(format.count(Object.keys(disks).length), format.count(machine.disks.length)),
    },
  ];
}

/** As an input of date and time takes it, in the browser's zone: 2026-11-22T18:05:09. */
function localText(time: Date): string {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

export function ChosenPointText({ at }: { readonly at: string }) {
  const text = useText(POINT_TEXTS);
  const format = useFormat();
  const words: Readonly<Record<string, string>> = {
    latest: text.latest,
    "latest-processed": text.latestProcessed,
    "latest-application": text.latestApplication,
    "latest-group": text.latestGroup,
  };
  const isId = /^[0-9a-f]{32}$/.test(at);
  return <Text span>{words[at] ?? (isId ? at : format.time(at))}</Text>;
}
