import type { Group } from "@leeward/api";
import { MultiSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { AmountInput } from "../../parts/amount-input.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const INTERVAL_SECONDS = { default: 300, min: 1, max: 86_400 } as const;
const MEMBERS_MAX = 256;
/** More are found by typing. */
const OPTIONS_MAX = 50;

export function GroupDialog(props: {
  /** The one that is changed; without one, another is made. */
  readonly group?: Group;
  /** Names that are taken. */
  readonly names: readonly string[];
  readonly close: () => void;
}) {
  const { group, names, close } = props;
  const text = useText(TEXTS);
  const set = useAction("setGroup", { quiet: true });
  const known = useItems("listMachines", {}).data ?? [];
  const [name, setName] = useState(group?.name ?? "");
  const [interval, setInterval] = useState<number | null>(group?.intervalSeconds ?? INTERVAL_SECONDS.default);
  const [machines, setMachines] = useState<string[]>(group?.members.map(({ machine }) => machine) ?? []);
  const isNamed = NAME.test(name) && !names.includes(name);
  const isTimed = interval !== null && interval >= INTERVAL_SECONDS.min && interval <= INTERVAL_SECONDS.max;
  const submit = async (): Promise<void> => {
    if (interval === null) return;
    const done = await set.run({ params: { name }, body: { machines, intervalSeconds: interval } });
    if (done !== undefined) close();
  };
  return (
    <FormDialog
      opened
      close={close}
      title={group === undefined ? text.newGroup : text.changeGroup(group.name)}
      action={text.save}
      isReady={isNamed && isTimed && machines.length > 0}
      isRunning={set.isRunning}
      fault={set.fault}
      submit={submit}
    >
      {group === undefined && (
        <TextInput
          label={text.groupName}
          description={text.nameRule}
          value={name}
          error={name !== "" && !isNamed}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <MultiSelect
        label={text.members}
        data={known.map((machine) => ({ value: machine.id, label: machine.name }))}
        value={machines}
        onChange={setMachines}
        maxValues={MEMBERS_MAX}
        limit={OPTIONS_MAX}
        searchable
        hidePickedOptions
      />
      <AmountInput label={text.interval} unit="seconds" value={interval} change={setInterval} />
    </FormDialog>
  );
}
