import { isMet, type Quantity, type Row } from "./row.ts";

const HEADS = ["suite", "what", "measured", "beside", "ratio", "goal", "result"];

/** All rows as a table for people. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEADS, ...rows.map(cellsOf)];
  const widths = HEADS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
}

/** All rows as `--json FILE` writes them; unknown is null, never absent. */
export function documentOf(rows: readonly Row[], facts: Readonly<Record<string, unknown>>): unknown {
  return {
    ...facts,
    items: rows.map((row) => ({
      suite: row.suite,
      name: row.name,
      measured: row.measured ?? null,
      against: row.against ?? null,
      ratio: row.ratio ?? null,
      goal: row.goal ?? null,
      met: isMet(row) ?? null,
      note: row.note ?? null,
      skipped: row.skipped ?? null,
    })),
  };
}

function cellsOf(row: Row): string[] {
  const against = row.against === undefined ? "" : `${row.against.name}: ${textOf(row.against)}`;
  const measured = row.measured === undefined ? "" : textOf(row.measured);
  const ratio = row.ratio === undefined ? "" : row.ratio.toFixed(2);
  return [row.suite, row.name, measured, against, ratio, goalText(row), resultText(row)];
}

function goalText({ goal, measured }: Row): string {
  if (goal === undefined) return "";
  return goal.of === "ratio" ? `>= ${goal.atLeast}` : `< ${textOf({ value: goal.below, unit: measured?.unit ?? "" })}`;
}

function resultText(row: Row): string {
  if (row.skipped !== undefined) return `skipped: ${row.skipped}`;
  const met = isMet(row);
  const result = met === undefined ? "" : met ? "met" : "not met";
  return [result, row.note ?? ""].filter((text) => text !== "").join("; ");
}

function textOf({ value, unit }: Quantity): string {
  const text = value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
  return `${text} ${unit}`.trim();
}
