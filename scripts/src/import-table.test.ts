import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedImports, PACKAGES } from "./import-table.ts";
import { filesBelow, type Member, members, textOf } from "./repository.ts";
import { importsOf } from "./source-text.ts";

const SCOPE = "@leeward/";
const all = members();
const byName = new Map(all.map((member) => [member.name, member]));

interface Import {
  readonly path: string;
  /** "@leeward/world/testing", "@peculiar/x509", "ws". */
  readonly specifier: string;
  /** "@leeward/world", "@peculiar/x509", "ws". */
  readonly dependency: string;
  /** Whether only tests, or what serves them, hold this import. */
  readonly forTests: boolean;
}

test("every package stands in the table once", () => {
  assert.deepEqual(
    all.map(({ name }) => name).filter((name) => !PACKAGES.includes(name)),
    [],
  );
  assert.equal(new Set(PACKAGES).size, PACKAGES.length);
});

test("nothing imports upward or sideways, and no daemon another", () => {
  assert.deepEqual(allowedImports("base"), []);
  assert.deepEqual(allowedImports("proto"), ["base"]);
  const daemons = ["mobility-agent", "process-server", "master-target", "config-server"];
  for (const daemon of daemons)
    assert.deepEqual(
      allowedImports(daemon).filter((each) => daemons.includes(each)),
      [],
    );
  assert.equal(allowedImports("cli").includes("daemon"), false);
  assert.deepEqual(allowedImports("unheard-of"), []);
});

for (const member of all) {
  test(`${member.name} imports downward only, and declares what it imports`, () => {
    const imports = importsOfMember(member);
    assert.deepEqual([...notAllowed(member), ...imports.flatMap((each) => problemsOf(member, each))], []);
  });

  test(`${member.name} declares no dependency that it does not use`, () => {
    const used = new Set(importsOfMember(member).map((each) => each.dependency));
    const declared = member.manifest.dependencies.filter((name) => !isTypesOnly(name));
    assert.deepEqual(
      declared.filter((name) => !used.has(name)),
      [],
    );
  });
}

function notAllowed({ name, manifest }: Member): string[] {
  const allowed = allowedImports(name);
  const declared = [...manifest.dependencies, ...manifest.devDependencies].filter((each) => each.startsWith(SCOPE));
  return declared
    .filter((each) => !allowed.includes(each.slice(SCOPE.length)))
    .map((each) => `package.json: ${each} is not below ${name}`);
}

function problemsOf({ name, manifest }: Member, each: Import): string[] {
  const { path, specifier, dependency, forTests } = each;
  const declared =
    manifest.dependencies.includes(dependency) || (forTests && manifest.devDependencies.includes(dependency));
  const problems = declared || dependency === `${SCOPE}${name}` ? [] : [`${path}: ${dependency} is not declared`];
  if (!dependency.startsWith(SCOPE)) return problems;
  const target = dependency.slice(SCOPE.length);
  const entry = `.${specifier.slice(dependency.length)}`;
  if (!allowedImports(name).includes(target)) problems.push(`${path}: ${dependency} is not below ${name}`);
  if (byName.get(target)?.manifest.exports.includes(entry) !== true) problems.push(`${path}: ${specifier} is no entry`);
  if (entry === "./testing" && !forTests) problems.push(`${path}: ${specifier} is for tests`);
  return problems;
}

function importsOfMember({ name, folder }: Member): Import[] {
  const testsOnly = ["test", "bench", "scripts"].includes(name);
  return filesBelow(folder, /\.(ts|tsx)$/).flatMap((path) => {
    const forTests = testsOnly || /\.test\.tsx?$|\/testing\//.test(path);
    return importsOf(textOf(path))
      .filter((specifier) => !/^(\.|node:)/.test(specifier))
      .map((specifier) => {
        const parts = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1);
        return { path, specifier, dependency: parts.join("/"), forTests };
      });
  });
}

function isTypesOnly(name: string): boolean {
  return name.startsWith("@types/");
}
