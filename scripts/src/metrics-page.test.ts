import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "./repository.ts";

const PAGE = "docs/manual/metrics.md";
const DASHBOARD = "release/files/grafana/leeward.json";
const RULES = "release/files/grafana/leeward-rules.yaml";

/** Which metrics there are, and which labels each has, as the page says it. */
function metricsOfPage(): Map<string, readonly string[]> {
  const rows = textOf(PAGE).matchAll(/^\| `(leeward_\w+)` \| (.*) \|$/gm);
  return new Map(
    Array.from(rows, ([, name = "", text = ""]) => [
      name,
      Array.from(text.matchAll(/`(\w+)`/g), ([, label = ""]) => label),
    ]),
  );
}

/** Strings of a JSON document that stand behind "expr". */
function expressionsOf(document: unknown): string[] {
  if (typeof document !== "object" || document === null) return [];
  return Object.entries(document).flatMap(([key, value]: [string, unknown]) =>
    key === "expr" && typeof value === "string" ? [value] : expressionsOf(value),
  );
}

const FUNCTIONS = /\b(?:sum|max|min|rate|increase|by)\b/g;
/** Of every series, by whoever scrapes it. */
const LABELS = ["instance", "job"];

function refuse(expression: string, metrics: ReadonlyMap<string, readonly string[]>): void {
  let depth = 0;
  for (const letter of expression) {
    if (letter === "(") depth += 1;
    if (letter === ")") depth -= 1;
    assert.ok(depth >= 0, `brackets: ${expression}`);
  }
  assert.equal(depth, 0, `brackets: ${expression}`);
  const names = expression.match(/leeward_\w+/g) ?? [];
  assert.ok(names.length > 0, `it names a metric: ${expression}`);
  for (const name of names) {
    assert.ok(metrics.has(name), `${name} is a metric: ${expression}`);
    const isCounter = name.endsWith("_total");
    if (isCounter) assert.match(expression, new RegExp(`(rate|increase)\\(${name}`), "a count is looked at as a rate");
  }
  const labels = Array.from(expression.matchAll(/by \(([^)]*)\)/g), ([, list = ""]) => list.split(/,\s*/)).flat();
  const known = new Set([...LABELS, ...names.flatMap((name) => metrics.get(name) ?? [])]);
  for (const label of labels) assert.ok(known.has(label), `${label} is a label: ${expression}`);
  const rest = expression
    .replaceAll(/by \([^)]*\)/g, "")
    .replaceAll(FUNCTIONS, "")
    .replaceAll(/leeward_\w+(\[\d+[smhd]\])?/g, "");
  assert.match(rest, /^[()\s\d*/+<>=-]*$/, `nothing else stands in it: ${expression}`);
}

void test("each expression of the dashboard and of the rules names metrics and labels that there are", () => {
  const metrics = metricsOfPage();
  const dashboard = expressionsOf(JSON.parse(textOf(DASHBOARD)));
  const rules = Array.from(textOf(RULES).matchAll(/^\s+expr: (.*)$/gm), ([, expression = ""]) => expression);
  assert.ok(dashboard.length >= 10 && rules.length >= 3);
  for (const expression of [...dashboard, ...rules]) refuse(expression, metrics);
  assert.throws(() => refuse("sum(leeward_nothing)", metrics));
  assert.throws(() => refuse("sum by (colour) (leeward_sessions)", metrics));
  assert.throws(() => refuse("sum(leeward_faults_total", metrics));
});
