import assert from "node:assert/strict";
import { test } from "node:test";
import { PLAN_BYTES_MAX } from "@leeward/api";
import { isFault } from "@leeward/base";
import fc from "fast-check";
import { readPlan } from "./document.ts";
import { wavesOf } from "./order.ts";

function refusalOf(text: string, name: string | undefined = "shop"): string[] {
  try {
    readPlan(text, name);
  } catch (error) {
    assert.ok(isFault(error, "plan-invalid"), String(error));
    return error.message.replace("The plan cannot be taken: ", "").slice(0, -1).split("; ");
  }
  return [];
}

/** What is wrong is told by its place. */
const REFUSED: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "no YAML",
    "steps: [\n",
    ["line 2: Flow sequence in block collection must be sufficiently indented and end with a ]"],
  ],
  ["a key twice", "name: a\nname: b\n", ["line 2: Map keys must be unique"]],
  ["nothing", "", ["it must be object"]],
  ["neither steps nor groups", "description: x", ["it needs either `steps` or `groups`"]],
  ["both", "steps: [{machine: a}]\ngroups: [{machines: [b]}]", ["it needs either `steps` or `groups`"]],
  ["an alias", "steps: [&a {machine: db}, *a]", ["it has an alias (`*name`), which is not taken"]],
  [
    "unknown and wrong settings",
    "steps:\n  - machine: db\n    cpus: 0\n    colour: red\n  - name: b\n    script: {file: ../x}\n    onFailure: never\n",
    [
      "steps[0] (line 2) has what is not known: colour",
      "steps[0].cpus (line 3) must be >= 1",
      "steps[1].onFailure (line 7) is none of stop, continue",
      'steps[1].script.file (line 6) must match pattern "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"',
    ],
  ],
  [
    "a step that is nothing, or two things",
    "steps:\n  - name: a\n  - {name: b, wait: 1, manual: look}\n  - wait: 3\n",
    [
      "steps[0] (line 2) needs exactly one of machine, script, manual, wait, health, and has none",
      "steps[1] (line 3) needs exactly one of machine, script, manual, wait, health, and has manual and wait",
      "steps[2] (line 4) needs a name",
    ],
  ],
  [
    "names",
    "steps:\n  - machine: db\n  - {name: db, wait: 1}\n  - {machine: web, after: [db, dv]}\n  - {machine: web, name: web2}\n",
    [
      "steps[1] (line 3) has the name db, as steps[0] has",
      "steps[3] (line 5) is of the machine web, as steps[2] is",
      "steps[2].after[1] (line 4) names no step: dv",
    ],
  ],
  [
    "a circle",
    "steps:\n  - {machine: db, after: [web]}\n  - {machine: app, after: [db]}\n  - {machine: web, after: [app]}\n",
    ["steps[0].after (line 2) goes in a circle: db after web after app after db"],
  ],
  [
    "actions",
    "steps:\n  - {name: a, wait: 1, cpus: 2}\n  - {name: b, script: {file: x, of: a}}\n  - {name: c, health: {}}\n  - {name: d, script: {file: x, in: replica}}\n",
    [
      "steps[0].cpus (line 2) is a setting of machines alone",
      "steps[2].health (line 4) needs either `tcp` or `http`",
      "steps[1].script.of (line 3) names no step of a machine: a",
      "steps[3].script.of (line 5) has to name the machine in whose replica machine it runs",
    ],
  ],
  [
    "a group",
    "groups:\n  - machines: [db, {machine: web, hots: qemu}]\n  - {}\n",
    ["groups[0].machines[1] (line 2) has what is not known: hots"],
  ],
  ["an empty group", "groups: [{machines: [db]}, {}]", ["groups[1] (line 1) is empty"]],
  [
    "another name",
    "name: other\nsteps: [{machine: db}]",
    ["name (line 1) is other, and the plan is to be called shop"],
  ],
];

for (const [what, text, expected] of REFUSED)
  void test(`a document with ${what} is refused, and says where`, () => assert.deepEqual(refusalOf(text), expected));

void test("a document is bounded in bytes, steps and links, and needs a name from somewhere", () => {
  assert.match(refusalOf(`description: ${"x".repeat(PLAN_BYTES_MAX)}`).join(), /longer than/);
  const many = (count: number): string =>
    `groups: [{machines: [${Array.from({ length: count }, (_, at) => `m${at}`).join(", ")}]}]`;
  assert.equal(readPlan(many(2_000), "shop").steps.length, 2_000);
  assert.deepEqual(refusalOf(many(2_001)).length > 0, true);
  const wide = Array.from({ length: 400 }, (_, at) => `a${at}`);
  const wider = `groups: [{machines: [${wide.join(", ")}]}, {machines: [${wide.map((each) => `b${each}`).join(", ")}]}]`;
  assert.match(refusalOf(wider).join(), /160000 links between steps, of 100000 at most/);
  const nameless = () => readPlan("steps: [{machine: db}]");
  assert.throws(nameless, { code: "plan-invalid" });
});

void test("a document is kept as it was written, with its name put into it where it has none", () => {
  const text = "# of the shop\nname: shop\nsteps: [{machine: db}] # all\n";
  assert.equal(readPlan(text).text, text);
  const nameless = readPlan("# of the shop\nsteps:\n  - machine: db # all\n", "shop");
  assert.match(nameless.text, /^name: shop$/m);
  assert.match(nameless.text, /# all/);
  assert.deepEqual(readPlan(nameless.text).steps, nameless.steps);
  const json = readPlan('{"steps":[{"machine":"db","cpus":2}]}', "shop");
  assert.deepEqual(json.steps[0]?.settings, { cpus: 2 });
  assert.equal(readPlan(json.text).name, "shop");
});

void test("groups are taken apart: actions one after the other, machines together, each group behind the one before", () => {
  const { steps } = readPlan(
    `groups:
  - machines: [db, {machine: cache, cpus: 2}]
    last: [{name: migrate, script: {file: migrate}}, {name: look, manual: Look.}]
  - first: [{name: rest, wait: 5}]
    machines: [web, app]
  - last: [{name: tell, manual: Tell.}]`,
    "shop",
  );
  assert.deepEqual(
    steps.map(({ name, after, onFailure }) => [name, after.join(), onFailure]),
    [
      ["db", "", "continue"],
      ["cache", "", "continue"],
      ["migrate", "db,cache", null],
      ["look", "migrate", null],
      ["rest", "look", null],
      ["web", "rest", "continue"],
      ["app", "rest", "continue"],
      ["tell", "web,app", null],
    ],
  );
  fc.assert(
    fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 7 }), (sizes) => {
      const groups = sizes.map((size, group) => ({
        machines: Array.from({ length: size + 1 }, (_, at) => `g${group}m${at}`),
      }));
      const waves = wavesOf(readPlan(JSON.stringify({ groups }), "shop").steps);
      assert.deepEqual(
        waves,
        groups.map(({ machines }) => machines),
      );
    }),
  );
});

void test("no text makes it do anything but answer or refuse", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void refusalOf(text, undefined)));
  fc.assert(
    fc.property(fc.json(), (json) => void refusalOf(`steps: ${json}`)),
    { numRuns: 50 },
  );
});
