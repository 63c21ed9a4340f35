import type { Machine } from "@leeward/api";
import { Accordion, ActionIcon, Button, Checkbox, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { AmountInput } from "../../parts/amount-input.tsx";
import { useText } from "../../text/language.tsx";
import { MachineOrderForm } from "../failover/machine-order-form.tsx";
import { CHECK_KINDS, checkText, type DrillForm, type WrittenCheck } from "./drill-form.ts";
import { SETTINGS_TEXTS } from "./settings-texts.ts";

export interface DrillFieldsProps {
  readonly machines: readonly Machine[];
  readonly form: DrillForm;
  readonly tell: (change: Partial<DrillForm>) => void;
  /** The machine cannot be another one. */
  readonly isOfOne?: boolean;
}

const CHECKS_MAX = 16;

/** What every drill is told: of which machine, what is looked at, and how the machine is to be. */
export function DrillFields({ machines, form, tell, isOfOne = false }: DrillFieldsProps) {
  const text = useText(SETTINGS_TEXTS);
  const machine = machines.find(({ id }) => id === form.machine);
  return (
    <Stack>
      <Select
        label={text.machine}
        description={text.machineHint}
        data={machines.filter(({ disks }) => disks.length > 0).map(({ id, name }) => ({ value: id, label: name }))}
        value={form.machine}
        searchable
        required
        disabled={isOfOne}
        onChange={(value) => tell({ machine: value })}
      />
      <CheckFields checks={form.checks} change={(checks) => tell({ checks })} />
      <AmountInput
        label={text.timeout}
        description={text.timeoutHint}
        unit="seconds"
        value={form.timeoutSeconds}
        change={(timeoutSeconds) => tell({ timeoutSeconds })}
      />
      <Checkbox
        label={text.proof}
        description={text.proofHint}
        checked={form.isProved}
        onChange={(event) => tell({ isProved: event.currentTarget.checked })}
      />
      <Accordion variant="contained" order={3}>
        <Accordion.Item value="machine">
          <Accordion.Control>{text.more}</Accordion.Control>
          <Accordion.Panel>
            <MachineOrderForm machine={machine} isTest isDrill order={form.order} change={(order) => tell({ order })} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}

function CheckFields(props: {
  readonly checks: readonly WrittenCheck[];
  readonly change: (checks: readonly WrittenCheck[]) => void;
}) {
  const text = useText(SETTINGS_TEXTS);
  const { checks, change } = props;
  return (
    <Stack gap="xs" role="group" aria-label={text.checks}>
      <Text size="sm" fw={600}>
        {text.checks}
      </Text>
      <Text size="sm" c="dimmed">
        {text.checksLead}
      </Text>
      {checks.map((check, index) => (
        <Group key={`${index}`} gap="xs" align="flex-start">
          <Select
            aria-label={text.checkKind(index + 1)}
            data={CHECK_KINDS.map((kind) => ({ value: kind, label: text.kinds[kind] }))}
            value={check.kind}
            allowDeselect={false}
            onChange={(value) =>
              change(checks.with(index, { kind: CHECK_KINDS.find((kind) => kind === value) ?? check.kind, value: "" }))
            }
          />
          <TextInput
            flex={1}
            miw={160}
            aria-label={text.checkValue(index + 1)}
            placeholder={text.hints[check.kind]}
            disabled={check.kind === "agent"}
            value={check.value}
            error={checkText(check) === undefined && check.value !== "" ? text.wrong : undefined}
            onChange={(event) => change(checks.with(index, { ...check, value: event.currentTarget.value }))}
          />
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={text.remove(index + 1)}
            disabled={checks.length === 1}
            onClick={() => change(checks.toSpliced(index, 1))}
          >
            <IconTrash aria-hidden size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        size="xs"
        variant="default"
        w="fit-content"
        disabled={checks.length >= CHECKS_MAX}
        onClick={() => change([...checks, { kind: "tcp", value: "" }])}
      >
        {text.add}
      </Button>
    </Stack>
  );
}
