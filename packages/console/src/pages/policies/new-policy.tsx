import type { Policy } from "@leeward/api";
import { NativeSelect, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useLocation } from "wouter";
import { useAction } from "../../api/use-answer.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useText } from "../../text/language.tsx";
import { changeOf, type Draft, wrongIn } from "./policy-settings.ts";
import { SettingFields } from "./setting-fields.tsx";
import { TEXTS } from "./texts.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** A policy of the settings that another one has, and what is changed of them. */
export function NewPolicy({ policies, close }: { readonly policies: readonly Policy[]; readonly close: () => void }) {
  const text = useText(TEXTS);
  const [, navigate] = useLocation();
  const setPolicy = useAction("setPolicy", { quiet: true });
  const byDefault = policies.find(({ builtIn }) => builtIn) ?? policies[0];
  const [name, setName] = useState("");
  const [draft, setDraft] = useState<Draft | undefined>(byDefault);
  if (draft === undefined) return null;
  const isTaken = policies.some((policy) => policy.name === name);
  const submit = async (): Promise<void> => {
    const made = await setPolicy.run({ params: { name }, body: changeOf(undefined, draft) });
    if (made === undefined) return;
    notifications.show({ message: text.created(name), color: "teal" });
    navigate(`/policies?policy=${encodeURIComponent(name)}`);
    close();
  };
  return (
    <FormDialog
      opened
      close={close}
      title={text.create}
      action={text.save}
      isReady={NAME.test(name) && !isTaken && wrongIn(draft).length === 0}
      isRunning={setPolicy.isRunning}
      fault={setPolicy.fault}
      submit={submit}
    >
      <TextInput
        label={text.name}
        description={text.nameRule}
        value={name}
        data-autofocus
        error={isTaken ? text.nameTaken : name !== "" && !NAME.test(name) ? text.nameRule : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label={text.copyOf}
        data={policies.map((policy) => policy.name)}
        onChange={(event) => setDraft(policies.find((policy) => policy.name === event.currentTarget.value))}
      />
      <SettingFields draft={draft} change={setDraft} />
    </FormDialog>
  );
}
