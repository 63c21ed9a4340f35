// The conditions that the planner computes under. What is left empty is as it is.
import { Button, NumberInput, SimpleGrid, Stack, Text } from "@mantine/core";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

const MIB = 1_024 ** 2;

/** As they are written: percent and MiB/s, where the API takes a fraction and bytes per second. Limits are the API's. */
const FIELDS = {
  days: { hint: "daysHint", min: 0.01, max: 90, scale: 1 },
  retentionDays: { hint: "retentionDaysHint", min: 0.01, max: 3_650, scale: 1 },
  growth: { hint: "growthHint", min: -100, max: 10_000, scale: 0.01 },
  machines: { hint: "machinesHint", min: 1, max: 100_000, scale: 1 },
  churnFactor: { hint: "churnFactorHint", min: 0, max: 1_000, scale: 1 },
  outageHours: { hint: "outageHoursHint", min: 0, max: 8_760, scale: 1 },
  bandwidth: { hint: "bandwidthHint", min: 0.01, max: 1_000_000, scale: MIB },
} as const;

export type FieldName = keyof typeof FIELDS;
export type Conditions = Readonly<Partial<Record<FieldName, number>>>;

const NAMES = ["days", "retentionDays", "growth", "machines", "churnFactor", "outageHours", "bandwidth"] as const;

/** What the API takes; what is out of its limits is left out until it is within. */
export function queryOf(conditions: Conditions): Conditions {
  const entries = NAMES.flatMap((name) => {
    const value = conditions[name];
    const { min, max, scale } = FIELDS[name];
    return value === undefined || value < min || value > max ? [] : [[name, value * scale] as const];
  });
  return Object.fromEntries(entries);
}

export function WhatIf(props: { readonly conditions: Conditions; readonly change: (conditions: Conditions) => void }) {
  const { conditions, change } = props;
  const text = useText(TEXTS);
  const set = (name: FieldName, value: string | number): void => {
    const { [name]: _, ...others } = conditions;
    change(typeof value === "number" ? { ...others, [name]: value } : others);
  };
  return (
    <Section
      title={text.whatIf}
      actions={
        <Button size="xs" variant="default" disabled={Object.keys(conditions).length === 0} onClick={() => change({})}>
          {text.reset}
        </Button>
      }
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {text.whatIfHint}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3, xl: 4 }}>
          {NAMES.map((name) => (
            <NumberInput
              key={name}
              label={text[name]}
              description={text[FIELDS[name].hint]}
              inputWrapperOrder={["label", "input", "description", "error"]}
              min={FIELDS[name].min}
              max={FIELDS[name].max}
              allowDecimal={name !== "machines"}
              decimalScale={2}
              hideControls
              value={conditions[name] ?? ""}
              onChange={(value) => set(name, value)}
            />
          ))}
        </SimpleGrid>
      </Stack>
    </Section>
  );
}
