// What is asked before alerts are acknowledged or silenced: one, or several alike.
import type { Alert } from "@leeward/api";
import { List, NativeSelect, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { serverNowMs } from "../../api/server-clock.ts";
import { useAction } from "../../api/use-answer.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";

const NOTE_LENGTH_MAX = 1_024;
const HOUR_MS = 3_600_000;
/** For how long one silences, hours. */
const HOURS = [1, 4, 12, 24, 72, 168] as const;
const DAY_HOURS = 24;

interface DialogProps {
  readonly alerts: readonly Alert[];
  readonly close: () => void;
}

export function AcknowledgeDialog({ alerts, close }: DialogProps) {
  const text = useText(TEXTS);
  const acknowledge = useAction("acknowledgeAlert", { quiet: true });
  const [note, setNote] = useState("");
  const submit = async (): Promise<void> => {
    for (const { id } of alerts) {
      const done = await acknowledge.run({ params: { id }, body: noteOf(note) });
      if (done === undefined) return;
    }
    close();
  };
  return (
    <FormDialog
      opened
      close={close}
      title={useTitle(alerts, text.acknowledgeTitle)}
      action={text.acknowledge}
      isRunning={acknowledge.isRunning}
      fault={acknowledge.fault}
      submit={submit}
    >
      <Messages alerts={alerts} />
      <Text size="sm">{text.acknowledgeHint}</Text>
      <NoteField value={note} change={setNote} />
    </FormDialog>
  );
}

export function SilenceDialog({ alerts, close }: DialogProps) {
  const text = useText(TEXTS);
  const format = useFormat();
  const silence = useAction("silenceAlert", { quiet: true });
  const [hours, setHours] = useState<number | undefined>(HOURS[1]);
  const [custom, setCustom] = useState("");
  const [note, setNote] = useState("");
  const isPast = hours === undefined && custom !== "" && new Date(custom).getTime() <= serverNowMs();
  const submit = async (): Promise<void> => {
    const until = hours === undefined ? new Date(custom) : new Date(serverNowMs() + hours * HOUR_MS);
    for (const { id } of alerts) {
      const done = await silence.run({ params: { id }, body: { until: until.toISOString(), ...noteOf(note) } });
      if (done === undefined) return;
    }
    close();
  };
  const nameOf = (each: number): string =>
    each <= DAY_HOURS ? text.inHours(format.count(each)) : text.inDays(format.count(each / DAY_HOURS));
  return (
    <FormDialog
      opened
      close={close}
      title={useTitle(alerts, text.silenceTitle)}
      action={text.silence}
      isReady={hours !== undefined || (custom !== "" && !isPast)}
      isRunning={silence.isRunning}
      fault={silence.fault}
      submit={submit}
    >
      <Messages alerts={alerts} />
      <Text size="sm">{text.silenceHint}</Text>
      <NativeSelect
        label={text.until}
        value={String(hours ?? "")}
        data={[
          ...HOURS.map((each) => ({ value: String(each), label: nameOf(each) })),
          { value: "", label: text.untilCustom },
        ]}
        onChange={(event) => setHours(HOURS.find((each) => String(each) === event.currentTarget.value))}
      />
      {hours === undefined && (
        <TextInput
          type="datetime-local"
          label={text.untilCustom}
          value={custom}
          error={isPast ? text.untilPast : null}
          onChange={(event) => setCustom(event.currentTarget.value)}
        />
      )}
      <NoteField value={note} change={setNote} />
    </FormDialog>
  );
}

function useTitle(alerts: readonly Alert[], title: (count: string) => string): string {
  return title(useFormat().count(alerts.length));
}

function Messages({ alerts }: Pick<DialogProps, "alerts">) {
  return (
    <List size="sm" mah={160} styles={{ root: { overflowY: "auto" } }}>
      {alerts.map(({ id, message }) => (
        <List.Item key={id} className="breakable">
          {message}
        </List.Item>
      ))}
    </List>
  );
}

function NoteField({ value, change }: { readonly value: string; readonly change: (value: string) => void }) {
  const text = useText(TEXTS);
  return (
    <Textarea
      label={text.note}
      placeholder={text.notePlaceholder}
      maxLength={NOTE_LENGTH_MAX}
      autosize
      minRows={2}
      value={value}
      data-autofocus
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

function noteOf(note: string): { readonly note?: string } {
  return note.trim() === "" ? {} : { note: note.trim() };
}
