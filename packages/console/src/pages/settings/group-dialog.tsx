import type { Group } from "@leeward/api";
import { MultiSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { useEdited } from "../../api/use-edited.ts";
import { AmountInput } from "../../parts/amount-input.tsx";
import { EditedDialog } from "../../parts/edited-dialog.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useDraft } from "../../parts/use-draft.ts";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const INTERVAL_SECONDS = { default: 300, min: 1, max: 86_400 } as const;
const MEMBERS_MAX = 256;
/** More are found by typing. */
const OPTIONS_MAX = 50;

interface Settings {
  readonly interval: number | null;
  readonly machines: readonly string[];
}

const NEW_GROUP: Settings = { interval: INTERVAL_SECONDS.default, machines: [] };

/** Makes a group; `names` are taken. */
export function NewGroup({ names, close }: { readonly names: readonly string[]; readonly close: () => void }) {
  return <GroupDialog read={NEW_GROUP} names={names} close={close} />;
}

/** Changes the one that there is. */
export function ChangeGroup({ name, close }: { readonly name: string; readonly close: () => void }) {
  const text = useText(TEXTS);
  const edited = useEdited("showGroup", { params: { name } });
  return (
    <EditedDialog edited={edited} title={text.changeGroup(name)} close={close}>
      {({ answer, tag }) => (
        <GroupDialog
          group={answer}
          read={{ interval: answer.intervalSeconds, machines: answer.members.map(({ machine }) => machine) }}
          tag={tag}
          load={edited.load}
          names={[]}
          close={close}
        />
      )}
    </EditedDialog>
  );
}

function GroupDialog(props: {
  /** The one that is changed; without one, another is made. */
  readonly group?: Group;
  readonly read: Settings;
  readonly tag?: string | null;
  readonly load?: () => Promise<void>;
  readonly names: readonly string[];
  readonly close: () => void;
}) {
  const { group, names, close, load } = props;
  const text = useText(TEXTS);
  const set = useAction("setGroup", { quiet: true });
  const known = useItems("listMachines", {}).data ?? [];
  const [name, setName] = useState(group?.name ?? "");
  const { draft, change } = useDraft(props.read);
  const { interval, machines } = draft;
  const isNamed = NAME.test(name) && !names.includes(name);
  const isTimed = interval !== null && interval >= INTERVAL_SECONDS.min && interval <= INTERVAL_SECONDS.max;
  const submit = async (): Promise<void> => {
    if (interval === null) return;
    const done = await set.run(
      { params: { name }, body: { machines: [...machines], intervalSeconds: interval } },
      props.tag,
    );
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
      {...(load !== undefined && { load: () => void load().then(set.forget) })}
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
        value={[...machines]}
        onChange={(next) => change({ machines: next })}
        maxValues={MEMBERS_MAX}
        limit={OPTIONS_MAX}
        searchable
        hidePickedOptions
      />
      <AmountInput
        label={text.interval}
        unit="seconds"
        value={interval}
        change={(next) => change({ interval: next })}
      />
    </FormDialog>
  );
}
