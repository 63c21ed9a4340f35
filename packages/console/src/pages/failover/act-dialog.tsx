import type { Failover, Machine } from "@leeward/api";
import { Checkbox, NumberInput, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { useText } from "../../text/language.tsx";
import { ACTION_TEXTS } from "./action-texts.ts";
import type { FailoverAct } from "./failover-rules.ts";
import { PointChoice } from "./point-choice.tsx";

export interface ActDialogProps {
  readonly act: FailoverAct;
  readonly failover: Failover;
  /** Undefined while it is not known, or where it is gone. */
  readonly machine: Machine | undefined;
  readonly close: () => void;
}

/** What was said in the dialog; each act takes of it what is its own. */
interface Said {
  readonly notes: string;
  readonly at: string;
  readonly graceSeconds: number | undefined;
  /** Disk id → device. */
  readonly devices: Readonly<Record<string, string>>;
  readonly overwrite: boolean;
}

const GRACE_SECONDS_MAX = 3_600;
const NOTES_LENGTH_MAX = 4_096;

/** Asks before a step that follows on a failover; whatever loses what was written needs the machine's name. */
export function ActDialog({ act, failover, machine, close }: ActDialogProps) {
  const text = useText(ACTION_TEXTS);
  const { perform, isRunning } = useAct(failover);
  const [said, setSaid] = useState<Said>({
    notes: "",
    at: "latest-processed",
    graceSeconds: undefined,
    devices: {},
    overwrite: false,
  });
  const tell = (change: Partial<Said>): void => setSaid((before) => ({ ...before, ...change }));
  return (
    <Confirm
      opened
      close={close}
      title={`${text.acts[act]}: ${failover.machineName}`}
      action={text.acts[act]}
      isRunning={isRunning}
      danger={act !== "cleanup"}
      typed={act === "cleanup" ? undefined : failover.machineName}
      fields={<ActFields act={act} failover={failover} machine={machine} said={said} tell={tell} />}
      run={async () => {
        if (act === "change-point" && said.at === "") return;
        if ((await perform(act, said)) === undefined) return;
        notifications.show({ message: text.begun(text.acts[act]) });
        close();
      }}
    >
      {text.what[act](failover.machineName)}
    </Confirm>
  );
}

function useAct(failover: Failover) {
  const commit = useAction("commitFailover");
  const cancel = useAction("cancelFailover");
  const changePoint = useAction("changeFailoverPoint");
  const reprotect = useAction("reprotect");
  const failBack = useAction("failBack");
  const cleanup = useAction("cleanupFailover");
  const params = { failover: failover.id };
  const perform = (act: FailoverAct, said: Said): Promise<object | undefined> => {
    const notes = said.notes.trim() === "" ? {} : { notes: said.notes.trim() };
    switch (act) {
      case "commit":
        return commit.run({ params });
      case "cancel":
        return cancel.run({ params, body: notes });
      case "change-point":
        return changePoint.run({ params, body: { at: said.at } });
      case "reprotect":
        return reprotect.run({ params, body: reprotectOrder(said) });
      case "failback":
        return failBack.run({
          params,
          body: said.graceSeconds === undefined ? {} : { graceSeconds: said.graceSeconds },
        });
      case "cleanup":
        return cleanup.run({ params, body: notes });
    }
  };
  const isRunning = [commit, cancel, changePoint, reprotect, failBack, cleanup].some((each) => each.isRunning);
  return { perform, isRunning };
}

function reprotectOrder({ devices, overwrite }: Said) {
  const disks = Object.entries(devices)
    .map(([disk, path]) => ({ disk, path: path.trim() }))
    .filter(({ path }) => path !== "");
  return { ...(disks.length > 0 && { disks }), ...(overwrite && { overwrite }) };
}

interface ActFieldsProps extends Omit<ActDialogProps, "close"> {
  readonly said: Said;
  readonly tell: (change: Partial<Said>) => void;
}

function ActFields({ act, failover, machine, said, tell }: ActFieldsProps) {
  const text = useText(ACTION_TEXTS);
  switch (act) {
    case "commit":
      return null;
    case "cancel":
    case "cleanup":
      return (
        <Textarea
          label={text.notes}
          description={text.notesHint}
          maxLength={NOTES_LENGTH_MAX}
          autosize
          value={said.notes}
          onChange={(event) => tell({ notes: event.currentTarget.value })}
        />
      );
    case "change-point":
      return machine === undefined ? null : (
        <PointChoice machine={machine} at={said.at} choose={(at) => tell({ at })} />
      );
    case "failback":
      return (
        <NumberInput
          label={text.grace}
          description={text.graceHint}
          placeholder="120"
          min={0}
          max={GRACE_SECONDS_MAX}
          allowDecimal={false}
          value={said.graceSeconds ?? ""}
          onChange={(value) => tell({ graceSeconds: typeof value === "number" ? value : undefined })}
        />
      );
    case "reprotect":
      return <DeviceFields failover={failover} said={said} tell={tell} />;
  }
}

function DeviceFields({ failover, said, tell }: Pick<ActFieldsProps, "failover" | "said" | "tell">) {
  const text = useText(ACTION_TEXTS);
  return (
    <Stack gap="xs" role="group" aria-label={text.newDisks}>
      <Text size="sm">{text.newDisksLead}</Text>
      {failover.disks.map(({ disk, name }) => (
        <TextInput
          key={disk}
          label={text.device(name)}
          placeholder={text.path}
          value={said.devices[disk] ?? ""}
          onChange={(event) => tell({ devices: { ...said.devices, [disk]: event.currentTarget.value } })}
        />
      ))}
      <Checkbox
        label={text.overwrite}
        checked={said.overwrite}
        onChange={(event) => tell({ overwrite: event.currentTarget.checked })}
      />
    </Stack>
  );
}
