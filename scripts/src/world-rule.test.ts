import assert from "node:assert/strict";
import { test } from "node:test";
import { filesBelow, textOf } from "./repository.ts";
import { codeOnly, importsOf } from "./source-text.ts";

// Only main.ts and node-*.ts meet the system (browser-*.ts the browser); all else takes a World, so that the simulation can run it. What only computes may be
// imported anywhere.
const COMPUTING =
  /^node:(assert(\/strict)?|buffer|crypto|events|path(\/posix)?|stream(\/.*)?|string_decoder|url|util|zlib)$/;

/** Libraries that meet the system by themselves. */
const SYSTEM_LIBRARIES = ["chokidar", "koffi", "systeminformation", "ws"];

const SYSTEM_GLOBALS: readonly (readonly [string, RegExp])[] = [
  ["process", /(?<![.\w"])process\.(?!nextTick)\w/],
  ["Date.now", /\bDate\.now\b/],
  ["new Date()", /\bnew Date\(\)/],
  ["Math.random", /\bMath\.random\b/],
  ["performance", /\bperformance\.\w/],
  ["timers", /(?<![.\w])(setTimeout|setInterval|setImmediate)\(/],
  ["AbortSignal.timeout", /\bAbortSignal\.timeout\b/],
  ["fetch", /(?<![.\w#])fetch\(/],
  ["random of node:crypto", /\b(randomBytes|randomInt|randomUUID|randomFill(Sync)?|getRandomValues)\b/],
];

/** What Node has and we have better. */
const REPLACED: readonly (readonly [string, RegExp, string])[] = [
  ["AbortSignal.any", /\bAbortSignal\.any\b/, "packages/base/src/any-signal.ts"],
];

/** Sources that run in a daemon or a command. The console runs in a browser. */
function sources(): string[] {
  const exempt =
    /^packages\/[^/]+\/(?!src\/)|\.test\.ts$|\/testing\/|(^|\/)(main|(node|browser)-[a-z0-9-]+)\.ts$|^packages\/console\//;
  return [...filesBelow("packages", /\.ts$/), ...filesBelow("proto", /\.ts$/)].filter((path) => !exempt.test(path));
}

test("only main.ts and node-*.ts meet the system", () => {
  const problems = sources().flatMap((path) => {
    const source = textOf(path);
    const imported = importsOf(source).filter(
      (each) => SYSTEM_LIBRARIES.includes(each) || (each.startsWith("node:") && !COMPUTING.test(each)),
    );
    const code = codeOnly(source);
    const globals = SYSTEM_GLOBALS.filter(([, pattern]) => pattern.test(code)).map(([name]) => name);
    return [...imported, ...globals].map((each) => `${path}: ${each}`);
  });
  assert.deepEqual(problems, []);
});

test("what Node does wrong is not used but in the place of its remedy", () => {
  const everything = [
    ...filesBelow("packages", /\.ts$/),
    ...filesBelow("test", /\.ts$/),
    ...filesBelow("bench", /\.ts$/),
  ];
  for (const [name, pattern, remedy] of REPLACED) {
    const users = everything.filter((path) => pattern.test(codeOnly(textOf(path))));
    assert.deepEqual(users, [remedy], name);
  }
});

test("the rule finds what it looks for", () => {
  const found = (source: string): string[] =>
    SYSTEM_GLOBALS.filter(([, pattern]) => pattern.test(codeOnly(source))).map(([name]) => name);
  assert.deepEqual(found("const a = process.env; // Date.now"), ["process"]);
  assert.deepEqual(found('const a = "Date.now()"; new Date(5); this.process.run; clock.fetch()'), []);
  assert.deepEqual(found("setTimeout(f, 5); Date.now(); new Date(); await fetch(x)"), [
    "Date.now",
    "new Date()",
    "timers",
    "fetch",
  ]);
});
