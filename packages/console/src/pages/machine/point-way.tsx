import type { Machine, PointWay, WayItem } from "@leeward/api";
import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAnswer } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Command } from "../../parts/page.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import type { OfPoint } from "./point-panel.tsx";
import { WAY_STAGES, WAY_TEXTS } from "./way-texts.ts";

/** When each daemon did what with the point, in a dialog of its own: of the point that was chosen when it was opened. */
export function ShowPointWay({ machine, point }: OfPoint) {
  const text = useText(WAY_TEXTS);
  const format = useFormat();
  const [shown, setShown] = useState<OfPoint["point"] | undefined>(undefined);
  const close = () => setShown(undefined);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setShown(point)}>
        {text.show}
      </Button>
      <Modal
        opened={shown !== undefined}
        onClose={close}
        title={shown === undefined ? "" : text.title(format.time(shown.time))}
        centered
        size="70rem"
        closeButtonProps={{ "aria-label": text.close }}
        // A dialog's head is no banner of the page.
        attributes={{ header: { role: "presentation" } }}
      >
        {shown !== undefined && <Way machine={machine} point={shown} />}
      </Modal>
    </>
  );
}

function Way({ machine, point }: OfPoint) {
  const text = useText(WAY_TEXTS);
  // Daemons are asked for it, so it is not asked for again with each new point.
  const answer = useAnswer("pointWay", { params: { machine: machine.id, point: point.id } }, { once: true });
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {text.lead}
      </Text>
      <Answered answer={answer}>{(way) => <Moments machine={machine} way={way} />}</Answered>
      <Group justify="space-between">
        <Command command={`leeward point way ${machine.name} ${point.id}`} />
        <Button variant="default" size="xs" loading={answer.isFetching} onClick={answer.refresh}>
          {text.again}
        </Button>
      </Group>
    </Stack>
  );
}

function Moments({ machine, way: { items, unknown } }: { readonly machine: Machine; readonly way: PointWay }) {
  const text = useText(WAY_TEXTS);
  const columns = useColumns(machine, items[0]?.at);
  const untold = WAY_STAGES.filter((stage) => items.every((item) => item.stage !== stage));
  return (
    <>
      <DataTable
        label={text.table}
        rows={items}
        columns={columns}
        keyOf={({ member, disk, stage, at }) => `${member} ${disk ?? ""} ${stage} ${at}`}
        rowsPerPage={items.length}
        empty={<Text>{text.nothing}</Text>}
      />
      {items.length > 0 && untold.length > 0 && (
        <Text size="sm">{text.untold(untold.map((stage) => text.stages[stage]).join(", "))}</Text>
      )}
      {unknown.length > 0 && (
        <List size="sm" aria-label={text.unknown}>
          {unknown.map(({ name, why }) => (
            <List.Item key={`${name} ${why}`}>
              {name}: {why}
            </List.Item>
          ))}
        </List>
      )}
    </>
  );
}

function useColumns(machine: Machine, first: string | undefined): readonly Column<WayItem>[] {
  const text = useText(WAY_TEXTS);
  const format = useFormat();
  return [
    { key: "stage", title: text.stage, isShort: true, show: ({ stage }) => text.stages[stage] },
    { key: "where", title: text.where, show: ({ daemon, name }) => `${text.daemons[daemon]} ${name}` },
    {
      key: "disk",
      title: text.disk,
      show: ({ disk }) => (disk === null ? "–" : (machine.disks.find(({ id }) => id === disk)?.name ?? disk)),
    },
    {
      key: "at",
      title: text.at,
      isShort: true,
      show: ({ at }) => <time dateTime={at}>{format.timeOfDay(at)}</time>,
    },
    {
      key: "after",
      title: text.after,
      isShort: true,
      align: "right",
      show: ({ at }) => format.milliseconds(first === undefined ? null : (Date.parse(at) - Date.parse(first)) / 1_000),
    },
    {
      key: "took",
      title: text.took,
      isShort: true,
      align: "right",
      show: ({ tookSeconds }) => format.milliseconds(tookSeconds),
    },
  ];
}
