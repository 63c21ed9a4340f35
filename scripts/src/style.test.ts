import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { filesBelow, members, ROOT, textOf } from "./repository.ts";
import { codeOnly } from "./source-text.ts";

const SOURCES = /\.(ts|tsx|mjs)$/;

function problems(pattern: RegExp, read: (path: string) => string): string[] {
  return filesBelow(".", SOURCES).filter((path) => !path.endsWith("/style.test.ts") && pattern.test(read(path)));
}

test("no folder and no file is named after nothing", () => {
  const vague = /(^|\/)(utils?|common|helpers?|shared|misc|lib)(\/|\.[a-z]+$)/;
  assert.deepEqual(filesBelow(".", vague), []);
});

test("nothing is exported wholesale", () => {
  assert.deepEqual(
    problems(/^export \*/m, (path) => codeOnly(textOf(path))),
    [],
  );
});

test("nothing is left to be done", () => {
  assert.deepEqual(problems(/\b(TODO|FIXME|XXX|HACK)\b/, textOf), []);
});

test("no check is switched off without a reason beside it", () => {
  const silenced = /@ts-(ignore|nocheck|expect-error)|(oxlint|eslint)-disable|biome-ignore/;
  const bare = filesBelow(".", SOURCES)
    .filter((path) => !path.endsWith("/style.test.ts"))
    .flatMap((path) =>
      textOf(path)
        .split("\n")
        .map((line) => `${path}: ${line.trim()}`),
    )
    .filter((line) => silenced.test(line) && !/ -- \S|: \S.*ignore.*: \S/.test(line));
  assert.deepEqual(bare, []);
});

test("no lockfile names a registry", () => {
  const ofTools = ["tools", "tools/windows", "tools/stores"].map((folder) => `${folder}/package-lock.json`);
  for (const path of ["pnpm-lock.yaml", ...ofTools]) {
    assert.doesNotMatch(textOf(path), /https?:\/\/[^"'\s]*\.tgz/);
  }
});

for (const { name, folder, manifest } of members()) {
  if (["test", "bench", "scripts"].includes(name)) continue;
  test(`${name} has a README with a reason for each runtime dependency`, () => {
    const path = `${folder}/README.md`;
    assert.equal(existsSync(join(ROOT, path)), true, `${path} is missing`);
    const external = manifest.dependencies.filter((each) => !each.startsWith("@leeward/"));
    assert.deepEqual(
      external.filter((each) => !textOf(path).includes(`\`${each}\``)),
      [],
    );
  });
}
