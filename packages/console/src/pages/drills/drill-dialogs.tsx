import type { DrillSchedule, Machine, Tagged } from "@leeward/api";
import { Radio, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { useEdited } from "../../api/use-edited.ts";
import { AmountInput } from "../../parts/amount-input.tsx";
import { EditedDialog } from "../../parts/edited-dialog.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useDraft } from "../../parts/use-draft.ts";
import { useText } from "../../text/language.tsx";
import { isOrderWhole } from "../failover/machine-order.ts";
import { PointChoice } from "../failover/point-choice.tsx";
import { DrillFields } from "./drill-fields.tsx";
import { type DrillForm, formOf, isEveryRight, NEW_DRILL, settingsOf } from "./drill-form.ts";
import { SETTINGS_TEXTS } from "./settings-texts.ts";
import { TEXTS } from "./texts.ts";

interface DialogProps {
  readonly machines: readonly Machine[];
  readonly close: () => void;
}

export function RunDrillDialog({ machines, close }: DialogProps) {
  const text = useText(TEXTS);
  const run = useAction("runDrill", { quiet: true });
  const [form, setForm] = useState<DrillForm>(NEW_DRILL);
  const machine = machines.find(({ id }) => id === form.machine);
  const settings = settingsOf(form);
  const tell = (change: Partial<DrillForm>): void => setForm((before) => ({ ...before, ...change }));
  return (
    <FormDialog
      opened
      close={close}
      title={text.run}
      action={text.run}
      isReady={machine !== undefined && settings !== undefined && form.at !== "" && isOrderWhole(form.order)}
      isRunning={run.isRunning}
      fault={run.fault}
      submit={async () => {
        if (machine === undefined || settings === undefined) return;
        const begun = await run.run({ params: { machine: machine.id }, body: { at: form.at, ...settings } });
        if (begun === undefined) return;
        notifications.show({ message: text.begunNotice(machine.name) });
        close();
      }}
    >
      <DrillFields machines={machines} form={form} tell={tell} />
      {machine !== undefined && <PointChoice machine={machine} at={form.at} choose={(at) => tell({ at })} />}
    </FormDialog>
  );
}

/** Changes the schedule that a machine has. */
export function ChangeSchedule({ machines, close, of }: DialogProps & { readonly of: DrillSchedule }) {
  const text = useText(TEXTS);
  const edited = useEdited("showDrillSchedule", { params: { machine: of.machine } });
  return (
    <EditedDialog edited={edited} title={text.changeOf(of.machineName)} close={close}>
      {(read) => <ScheduleDialog machines={machines} close={close} read={read} load={edited.load} />}
    </EditedDialog>
  );
}

interface ScheduleDialogProps extends DialogProps {
  /** The one that there is; without one, another is set. */
  readonly read?: Tagged<DrillSchedule>;
  readonly load?: () => Promise<void>;
}

export function ScheduleDialog({ machines, close, read, load }: ScheduleDialogProps) {
  const before = read?.answer;
  const text = useText(TEXTS);
  const words = useText(SETTINGS_TEXTS);
  const set = useAction("setDrillSchedule", { quiet: true });
  const { draft: form, change: tell } = useDraft<DrillForm>(formOfSchedule(before));
  const machine = machines.find(({ id }) => id === form.machine);
  const settings = settingsOf(form);
  const isWhole =
    machine !== undefined && settings !== undefined && form.window.trim() !== "" && isOrderWhole(form.order);
  return (
    <FormDialog
      opened
      close={close}
      title={before === undefined ? text.schedule : text.changeOf(before.machineName)}
      action={words.setAction}
      isReady={isWhole && isEveryRight(form.everySeconds)}
      isRunning={set.isRunning}
      fault={set.fault}
      {...(load !== undefined && { load: () => void load().then(set.forget) })}
      submit={async () => {
        if (machine === undefined || settings === undefined || !isEveryRight(form.everySeconds)) return;
        const body = { everySeconds: Math.round(form.everySeconds), window: form.window.trim(), ...settings };
        if ((await set.run({ params: { machine: machine.id }, body }, read?.tag)) === undefined) return;
        notifications.show({ message: text.setNotice(machine.name) });
        close();
      }}
    >
      <DrillFields machines={machines} form={form} tell={tell} isOfOne={before !== undefined} />
      <AmountInput
        label={words.every}
        description={words.everyHint}
        unit="seconds"
        value={form.everySeconds}
        change={(everySeconds) => tell({ everySeconds })}
      />
      <WindowFields window={form.window} change={(window) => tell({ window })} />
    </FormDialog>
  );
}

function formOfSchedule(before: DrillSchedule | undefined): DrillForm {
  if (before === undefined) return NEW_DRILL;
  const { machine, everySeconds, window, settings } = before;
  return { ...NEW_DRILL, ...formOf(settings), machine, everySeconds, window };
}

const HOURS = "hours";

function WindowFields({ window, change }: { readonly window: string; readonly change: (window: string) => void }) {
  const text = useText(SETTINGS_TEXTS);
  const isNamed = window === "always" || window === "outside-working-hours";
  return (
    <Stack gap="xs">
      <Radio.Group
        label={text.window}
        value={isNamed ? window : HOURS}
        onChange={(value) => change(value === HOURS ? "" : value)}
      >
        <Stack gap="xs" mt="xs">
          {(["always", "outside-working-hours", HOURS] as const).map((value) => (
            <Radio key={value} value={value} label={text.windows[value]} />
          ))}
        </Stack>
      </Radio.Group>
      {!isNamed && (
        <TextInput
          label={text.hours}
          description={text.hoursHint}
          required
          value={window}
          onChange={(event) => change(event.currentTarget.value)}
        />
      )}
    </Stack>
  );
}
