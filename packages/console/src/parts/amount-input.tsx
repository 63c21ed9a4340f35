// A number with its unit, as people write it: 4 GiB, 30 days. What it stands for is in one base unit.
import { Group, NativeSelect, NumberInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { textsOf, useText } from "../text/language.tsx";

const TEXTS = textsOf({
  en: { unit: (name: string) => `Unit of ${name}`, second: "s", minute: "min", hour: "h", day: "days" },
  ko: { unit: (name: string) => `${name}의 단위`, second: "초", minute: "분", hour: "시간", day: "일" },
});

const KIB = 1_024;

/** Names of units and how many of the base unit each is; the smallest first. */
const UNITS = {
  seconds: [
    ["second", 1],
    ["minute", 60],
    ["hour", 3_600],
    ["day", 86_400],
  ],
  bytes: [
    ["MiB", KIB ** 2],
    ["GiB", KIB ** 3],
    ["TiB", KIB ** 4],
  ],
  bytesPerSecond: [
    ["KiB/s", KIB],
    ["MiB/s", KIB ** 2],
    ["GiB/s", KIB ** 3],
  ],
  days: [["day", 1]],
} as const;

export type AmountUnit = keyof typeof UNITS;

export interface AmountInputProps {
  readonly label: string;
  readonly description?: ReactNode;
  readonly unit: AmountUnit;
  /** In the base unit: seconds, bytes, bytes per second, days. Null while nothing is written. */
  readonly value: number | null;
  readonly change: (value: number | null) => void;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly disabled?: boolean;
}

export function AmountInput({
  label,
  description,
  unit,
  value,
  change,
  error,
  placeholder,
  disabled,
}: AmountInputProps) {
  const text = useText(TEXTS);
  const units: readonly (readonly [string, number])[] = UNITS[unit];
  const [chosen, setChosen] = useState(() => bestUnit(units, value));
  const size = units.find(([name]) => name === chosen)?.[1] ?? 1;
  const shown = (name: string): string => {
    if (name === "second" || name === "minute" || name === "hour" || name === "day") return text[name];
    return name;
  };
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <NumberInput
        flex={1}
        label={label}
        description={description}
        inputWrapperOrder={["label", "description", "error", "input"]}
        min={0}
        value={value === null ? "" : value / size}
        onChange={(next) => change(typeof next === "number" ? next * size : next === "" ? null : Number(next) * size)}
        error={error}
        {...(placeholder !== undefined && { placeholder })}
        disabled={disabled ?? false}
        allowNegative={false}
        hideControls
      />
      <NativeSelect
        w={96}
        aria-label={text.unit(label)}
        value={chosen}
        disabled={disabled ?? false}
        data={units.map(([name]) => ({ value: name, label: shown(name) }))}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
    </Group>
  );
}

/** The largest in which it is a whole number. */
function bestUnit(units: readonly (readonly [string, number])[], value: number | null): string {
  const fitting = units.filter(([, size]) => value !== null && value > 0 && value % size === 0);
  return (fitting.at(-1) ?? units[0])?.[0] ?? "";
}
