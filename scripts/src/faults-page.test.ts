import assert from "node:assert/strict";
import { test } from "node:test";
import { type FaultCode, faultCodesOf } from "./fault-codes.ts";
import { filesBelow, members, textOf } from "./repository.ts";

const PAGE = "docs/FAULTS.md";
const KINDS = ["transient", "discontinuity", "corruption", "protocol", "operator"];

interface Row {
  readonly code: string;
  readonly kinds: readonly string[];
  readonly cause: string;
  readonly remedy: string;
}

/** | `code` | kind, kind | cause | remedy | */
function rows(): Row[] {
  const lines = textOf(PAGE)
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  return lines.map((line) => {
    const [, code = "", kinds = "", cause = "", remedy = ""] = line.split("|").map((cell) => cell.trim());
    return { code: code.replaceAll("`", ""), kinds: kinds.split(", "), cause, remedy };
  });
}

/** Every code of every package that runs. */
function codes(): FaultCode[] {
  const running = members().filter(({ name }) => !["test", "bench", "scripts"].includes(name));
  const found = running.flatMap(({ folder }) => {
    const paths = filesBelow(folder, /\.tsx?$/).filter((path) => !/\.test\.tsx?$|\/testing\//.test(path));
    return [...faultCodesOf(paths.map((path) => ({ path, text: textOf(path) }))).values()];
  });
  const merged = new Map<string, FaultCode>();
  for (const { code, kinds, paths } of found) {
    const before = merged.get(code);
    merged.set(code, {
      code,
      kinds: new Set([...(before?.kinds ?? []), ...kinds]),
      paths: new Set([...(before?.paths ?? []), ...paths]),
    });
  }
  return [...merged.values()].sort((one, other) => (one.code < other.code ? -1 : 1));
}

test("every code that the sources give stands on the page", () => {
  const listed = new Set(rows().map(({ code }) => code));
  const missing = codes().filter(({ code }) => !listed.has(code));
  const told = missing.map(({ code, kinds, paths }) => `${code} | ${[...kinds].join(", ")} | ${[...paths].join(" ")}`);
  assert.deepEqual(told, [], `${PAGE} lacks:\n${told.join("\n")}\n`);
});

test("every code on the page is given by the sources", () => {
  const given = new Set(codes().map(({ code }) => code));
  const superfluous = rows()
    .map(({ code }) => code)
    .filter((code) => !given.has(code));
  assert.deepEqual(superfluous, []);
});

test("the page and the sources agree about the kinds", () => {
  const byCode = new Map(codes().map((each) => [each.code, each]));
  const differing = rows().flatMap(({ code, kinds }) => {
    const given = [...(byCode.get(code)?.kinds ?? [])].sort();
    const agrees = given.every((kind) => kinds.includes(kind));
    return agrees ? [] : [`${code}: the page says ${kinds.join(", ")}, the sources ${given.join(", ")}`];
  });
  assert.deepEqual(differing, []);
});

test("every row has a known kind, a cause and a remedy, once, in order", () => {
  const listed = rows();
  for (const { code, kinds, cause, remedy } of listed) {
    assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)+$/);
    assert.deepEqual(
      kinds.filter((kind) => !KINDS.includes(kind)),
      [],
      code,
    );
    assert.equal(cause.length > 10 && remedy.length > 10, true, `${code} lacks its cause or its remedy`);
  }
  const order = listed.map(({ code }) => code);
  assert.deepEqual(order, [...new Set(order)].sort());
});

test("codes are found as literals, as choices, and behind functions that pass them on", () => {
  const text = `
    // new Fault({ code: "in-comment", kind: "operator" })
    throw new Fault({ code: "plain-one", kind: "transient", message: \`\${a}, \${b}\`, detail: { code: "inner-code" } });
    new Fault({ code: full ? "choice-one" : "choice-two", kind: "protocol", message: "a, b" });
    const operator = (code: string, message: string): Fault => new Fault({ code, kind: "operator", message });
    export const gone = (id: string): Fault => operator("passed-on", \`\${id}\`);
    function refused(kind: FaultKind, code: string): Fault { return new Fault({ kind, code, message: "" }); }
    refused("corruption", a ? "passed-two" : "passed-three");
    new Fault({ code: report.code, kind: report.kind, message: "told on" });`;
  const found = [...faultCodesOf([{ path: "a.ts", text }]).values()].map(
    ({ code, kinds }) => `${code} ${[...kinds].join()}`,
  );
  assert.deepEqual(found.sort(), [
    "choice-one protocol",
    "choice-two protocol",
    "passed-on operator",
    "passed-three corruption",
    "passed-two corruption",
    "plain-one transient",
  ]);
});
