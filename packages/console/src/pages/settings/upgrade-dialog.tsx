import { MultiSelect, NativeSelect, NumberInput, Text } from "@mantine/core";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

/** More are found by typing. */
const OPTIONS_MAX = 50;
const NUMBERS = {
  wave: { hint: "waveHint", max: 1_000 },
  failures: { hint: "failuresHint", max: 10_000 },
  ready: { hint: "readyHint", max: 3_600 },
} as const;
const NUMBER_NAMES = ["wave", "failures", "ready"] as const;

type Numbers = Readonly<Partial<Record<keyof typeof NUMBERS, number>>>;

/** Which agents become which version, and how carefully. */
export function UpgradeDialog(props: {
  readonly versions: readonly string[];
  readonly begun: (job: string) => void;
  readonly close: () => void;
}) {
  const text = useText(TEXTS);
  const upgrade = useAction("upgradeAgents", { quiet: true });
  const known = useItems("listMachines", {}).data ?? [];
  const [version, setVersion] = useState(props.versions.at(-1) ?? "");
  const [machines, setMachines] = useState<string[]>([]);
  const [numbers, setNumbers] = useState<Numbers>({});
  const submit = async (): Promise<void> => {
    const { wave, failures, ready } = numbers;
    const begun = await upgrade.run({
      body: {
        version,
        ...(machines.length > 0 && { machines }),
        ...(wave !== undefined && { wave }),
        ...(failures !== undefined && { failures }),
        ...(ready !== undefined && { readySeconds: ready }),
      },
    });
    if (begun === undefined) return;
    props.begun(begun.job);
    props.close();
  };
  return (
    <FormDialog
      opened
      close={props.close}
      title={text.upgradeTitle}
      action={text.begin}
      isRunning={upgrade.isRunning}
      fault={upgrade.fault}
      submit={submit}
    >
      <Text size="sm">{text.upgradeHint}</Text>
      <NativeSelect
        label={text.whichVersion}
        value={version}
        data={[...props.versions]}
        data-autofocus
        onChange={(event) => setVersion(event.currentTarget.value)}
      />
      <MultiSelect
        label={text.whichMachines}
        description={text.everyMachine}
        data={known.map(({ id, name }) => ({ value: id, label: name }))}
        value={machines}
        onChange={setMachines}
        limit={OPTIONS_MAX}
        searchable
        clearable
        hidePickedOptions
      />
      <NumberFields numbers={numbers} change={setNumbers} />
    </FormDialog>
  );
}

function NumberFields(props: { readonly numbers: Numbers; readonly change: (numbers: Numbers) => void }) {
  const { numbers, change } = props;
  const text = useText(TEXTS);
  return NUMBER_NAMES.map((name) => (
    <NumberInput
      key={name}
      label={text[name]}
      description={text[NUMBERS[name].hint]}
      min={1}
      max={NUMBERS[name].max}
      allowDecimal={false}
      hideControls
      value={numbers[name] ?? ""}
      onChange={(value) => change({ ...numbers, [name]: typeof value === "number" ? value : undefined })}
    />
  ));
}
