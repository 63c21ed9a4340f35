import type { DrillSchedule, Machine } from "@leeward/api";
import { Group } from "@mantine/core";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { ChangeSchedule } from "./drill-dialogs.tsx";
import { TEXTS } from "./texts.ts";

/** Which machines have drills by schedule; each can be changed and ended. */
export function DrillSchedules({ machines }: { readonly machines: readonly Machine[] }) {
  const text = useText(TEXTS);
  const schedules = useItems("listDrillSchedules", {});
  const remove = useAction("removeDrillSchedule");
  const [changed, setChanged] = useState<DrillSchedule | undefined>(undefined);
  const [removed, setRemoved] = useState<DrillSchedule | undefined>(undefined);
  const columns = useColumns({ change: setChanged, remove: setRemoved });
  return (
    <Section title={text.schedules}>
      <Answered answer={schedules}>
        {(items) => (
          <DataTable
            label={text.schedules}
            rows={items}
            columns={columns}
            keyOf={({ machine }) => machine}
            textOf={({ machineName, settings }) => `${machineName} ${settings.checks.join(" ")}`}
            empty={<Nothing title={text.noSchedules}>{text.noSchedulesLead}</Nothing>}
          />
        )}
      </Answered>
      {changed !== undefined && <ChangeSchedule machines={machines} of={changed} close={() => setChanged(undefined)} />}
      <Confirm
        opened={removed !== undefined}
        close={() => setRemoved(undefined)}
        title={text.removeTitle}
        action={text.remove}
        isRunning={remove.isRunning}
        danger
        run={async () => {
          await remove.run({ params: { machine: removed?.machine ?? "" } });
          setRemoved(undefined);
        }}
      >
        {text.removeWhat(removed?.machineName ?? "")}
      </Confirm>
    </Section>
  );
}

interface ScheduleActs {
  readonly change: (schedule: DrillSchedule) => void;
  readonly remove: (schedule: DrillSchedule) => void;
}

function useColumns(acts: ScheduleActs): readonly Column<DrillSchedule>[] {
  const text = useText(TEXTS);
  const format = useFormat();
  return [
    {
      key: "machine",
      title: text.machine,
      order: ({ machineName }) => machineName,
      show: ({ machineName }) => machineName,
    },
    {
      key: "every",
      title: text.every,
      isShort: true,
      order: ({ everySeconds }) => everySeconds,
      show: ({ everySeconds }) => format.duration(everySeconds),
    },
    { key: "window", title: text.window, show: ({ window }) => window },
    { key: "checks", title: text.checks, show: ({ settings }) => settings.checks.join(", ") },
    {
      key: "next",
      title: text.next,
      isShort: true,
      order: ({ dueAt }) => Date.parse(dueAt),
      show: ({ dueAt }) => <Moment time={dueAt} exact />,
    },
    {
      key: "actions",
      title: text.actions,
      isShort: true,
      align: "right",
      show: (schedule) => (
        <Group gap="xs" justify="flex-end">
          <ActionButton
            needs="operator"
            label={text.changeOf(schedule.machineName)}
            onClick={() => acts.change(schedule)}
          >
            {text.change}
          </ActionButton>
          <ActionButton
            needs="operator"
            label={text.removeOf(schedule.machineName)}
            onClick={() => acts.remove(schedule)}
          >
            {text.remove}
          </ActionButton>
        </Group>
      ),
    },
  ];
}
