// One step of a plan: a machine with its settings, or one action.
import { Accordion, Autocomplete, MultiSelect, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useItems } from "../../api/use-answer.ts";
import { useText } from "../../text/language.tsx";
import type { MachineOrder } from "../failover/machine-order.ts";
import { MachineOrderForm } from "../failover/machine-order-form.tsx";
import { POINT_WORDS } from "../failover/point-words.ts";
import { ActionFields } from "./action-fields.tsx";
import { EDITOR_TEXTS } from "./editor-texts.ts";
import type { FormStep } from "./plan-document.ts";
import { ACTION_KINDS, ofKind, STEP_KINDS, stepKind } from "./step-kind.ts";

export interface StepFieldsProps {
  readonly step: FormStep;
  readonly kind: "machine" | "action" | "step";
  readonly names: readonly string[];
  readonly change: (step: FormStep) => void;
}

export function StepFields({ step, kind, names, change }: StepFieldsProps) {
  const text = useText(EDITOR_TEXTS);
  const actual = stepKind(step);
  const choices = kind === "action" ? ACTION_KINDS : STEP_KINDS;
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {kind !== "machine" && (
          <Select
            label={text.kind}
            data={choices.map((value) => ({ value, label: text.kinds[value] }))}
            value={actual}
            allowDeselect={false}
            onChange={(value) => change(ofKind(step, STEP_KINDS.find((each) => each === value) ?? actual))}
          />
        )}
        {actual === "machine" && <MachineName step={step} change={change} />}
        <TextInput
          label={text.stepName}
          required={actual !== "machine"}
          placeholder={step.machine ?? ""}
          maxLength={63}
          value={step.name ?? ""}
          onChange={(event) => change(saying(step, { name: event.currentTarget.value || undefined }))}
        />
        <Select
          label={text.onFailure}
          placeholder={text.onFailureDefault}
          data={(["stop", "continue"] as const).map((value) => ({ value, label: text.onFailures[value] }))}
          value={step.onFailure ?? null}
          clearable
          onChange={(value) =>
            change(saying(step, { onFailure: value === "stop" || value === "continue" ? value : undefined }))
          }
        />
        {kind === "step" && (
          <MultiSelect
            label={text.after}
            data={names.filter((name) => name !== (step.name ?? step.machine))}
            value={[...(step.after ?? [])]}
            searchable
            onChange={(after) => change(saying(step, { after }))}
          />
        )}
      </SimpleGrid>
      {actual === "machine" ? (
        <MachineSettings step={step} change={change} />
      ) : (
        <ActionFields step={step} names={names} change={change} />
      )}
    </Stack>
  );
}

type PartProps = Pick<StepFieldsProps, "step" | "change">;

function MachineName({ step, change }: PartProps) {
  const text = useText(EDITOR_TEXTS);
  const machines = useItems("listMachines", {}).data ?? [];
  return (
    <Autocomplete
      label={text.machine}
      required
      data={[...new Set(machines.map(({ name }) => name))]}
      value={step.machine ?? ""}
      onChange={(machine) => change({ ...step, machine })}
    />
  );
}

function MachineSettings({ step, change }: PartProps) {
  const text = useText(EDITOR_TEXTS);
  const machines = useItems("listMachines", {}).data ?? [];
  const machine = machines.find(({ id, name }) => id === step.machine || name === step.machine);
  const { name, after, onFailure, machine: of, at, script: _s, manual: _m, wait: _w, health: _h, ...order } = step;
  const kept = { name, after, onFailure, machine: of };
  return (
    <Accordion variant="contained" order={3}>
      <Accordion.Item value="settings">
        <Accordion.Control>{text.settings}</Accordion.Control>
        <Accordion.Panel>
          <Stack>
            <Autocomplete
              label={text.at}
              description={text.atHint}
              data={[...POINT_WORDS]}
              value={at ?? ""}
              onChange={(value) => change(saying(step, { at: value || undefined }))}
            />
            <MachineOrderForm
              machine={machine}
              isTest={false}
              order={order}
              change={(next: MachineOrder) => change(saying({ ...next }, { ...kept, at }))}
            />
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

/** With what is undefined taken away. */
function saying(step: FormStep, change: { readonly [K in keyof FormStep]: FormStep[K] | undefined }): FormStep {
  return Object.fromEntries(Object.entries({ ...step, ...change }).filter(([, value]) => value !== undefined));
}
