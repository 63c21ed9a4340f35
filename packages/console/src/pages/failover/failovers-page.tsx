import type { Failover } from "@leeward/api";
import { Anchor, Button, Group, Select } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { usePages } from "../../api/use-pages.ts";
import { Answered } from "../../parts/answered.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Older } from "../../parts/older.tsx";
import { Page } from "../../parts/page.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { hasFailoverEnded, rtoSeconds, standsStill } from "./failover-rules.ts";
import { FAILOVER_KINDS, FAILOVER_STATES, failoverTone } from "./failover-words.ts";
import { TEXTS } from "./texts.ts";

const ALL = "all";
const LOOK_MS = 3_000;

export function FailoversPage() {
  const text = useText(TEXTS);
  const failovers = usePages(
    "listFailovers",
    {},
    { refreshMs: (items) => (items?.every(standsStill) === false ? LOOK_MS : 30_000) },
  );
  return (
    <Page
      title={text.title}
      lead={text.listLead}
      actions={
        <Button component={Link} href="/machines" variant="default">
          {text.toMachines}
        </Button>
      }
      commands={["leeward failover list", "leeward failover test MACHINE --at latest"]}
    >
      <Answered answer={failovers}>{(items) => <FailoverTable failovers={items} />}</Answered>
      <Older pages={failovers} />
    </Page>
  );
}

function FailoverTable({ failovers }: { readonly failovers: readonly Failover[] }) {
  const text = useText(TEXTS);
  const kinds = useText(FAILOVER_KINDS);
  const columns = useColumns();
  const [kind, setKind] = useState(ALL);
  const [shown, setShown] = useState(ALL);
  const rows = failovers.filter(
    (each) => (kind === ALL || each.kind === kind) && (shown === ALL || hasFailoverEnded(each) === (shown === "ended")),
  );
  const isEmpty = failovers.length === 0;
  return (
    <>
      {!isEmpty && (
        <Group gap="sm">
          <Select
            label={text.kindFilter}
            data={[
              { value: ALL, label: text.all },
              ...Object.entries(kinds).map(([value, label]) => ({ value, label })),
            ]}
            value={kind}
            onChange={(value) => setKind(value ?? ALL)}
            allowDeselect={false}
          />
          <Select
            label={text.stateFilter}
            data={[
              { value: ALL, label: text.all },
              { value: "standing", label: text.standing },
              { value: "ended", label: text.ended },
            ]}
            value={shown}
            onChange={(value) => setShown(value ?? ALL)}
            allowDeselect={false}
          />
        </Group>
      )}
      <DataTable
        label={text.list}
        rows={rows}
        columns={columns}
        keyOf={({ id }) => id}
        textOf={(each) => `${each.machineName} ${each.actor} ${each.id} ${each.notes ?? ""}`}
        empty={
          <Nothing
            title={isEmpty ? text.none : text.noneMatch}
            action={
              isEmpty ? (
                <Button component={Link} href="/machines">
                  {text.toMachines}
                </Button>
              ) : undefined
            }
          >
            {isEmpty ? text.noneLead : undefined}
          </Nothing>
        }
      />
    </>
  );
}

function useColumns(): readonly Column<Failover>[] {
  const text = useText(TEXTS);
  const kinds = useText(FAILOVER_KINDS);
  const states = useText(FAILOVER_STATES);
  const format = useFormat();
  return [
    {
      key: "machine",
      title: text.machine,
      order: ({ machineName }) => machineName,
      show: ({ id, machineName }) => (
        <Anchor component={Link} href={`/failovers/${id}`} underline="always" aria-label={text.openOf(machineName)}>
          {machineName}
        </Anchor>
      ),
    },
    { key: "kind", title: text.kind, isShort: true, order: ({ kind }) => kind, show: ({ kind }) => kinds[kind] },
    {
      key: "state",
      title: text.state,
      isShort: true,
      order: ({ state }) => state,
      show: (each) => <StateBadge tone={failoverTone(each)} label={states[each.state]} />,
    },
    {
      key: "point",
      title: text.point,
      order: ({ pointTime }) => (pointTime === null ? null : Date.parse(pointTime)),
      show: ({ pointTime }) => <Moment time={pointTime} exact />,
    },
    {
      key: "rto",
      title: text.rto,
      isShort: true,
      align: "right",
      order: rtoSeconds,
      show: (each) => format.duration(rtoSeconds(each)),
    },
    {
      key: "begun",
      title: text.begun,
      isShort: true,
      order: ({ createdAt }) => Date.parse(createdAt),
      show: ({ createdAt }) => <Moment time={createdAt} />,
    },
  ];
}
