// `npm run release`: everything that installs Leeward on a machine without a checkout.
//
//   npm run release -- [--to DIR] [--role ROLE…] [--kind tar|deb|rpm|zip…] [--as VERSION] [--revision N] [--level 1-9] [--json FILE]
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { KINDS, makeRelease } from "./release.ts";
import { ROOT } from "./repository.ts";
import { ROLES } from "./roles.ts";

const { values } = parseArgs({
  options: {
    to: { type: "string", default: ".leeward/release" },
    role: { type: "string", multiple: true },
    kind: { type: "string", multiple: true },
    as: { type: "string" },
    revision: { type: "string", default: "1" },
    level: { type: "string", default: "9" },
    json: { type: "string" },
  },
});

const unknown = (values.role ?? []).filter((name) => ROLES.every((role) => role.name !== name));
if (unknown.length > 0) fail(`no such role: ${unknown.join(", ")}; known: ${ROLES.map(({ name }) => name).join(", ")}`);
const kinds = values.kind?.map(
  (name) => KINDS.find((kind) => kind === name) ?? fail(`no such kind: ${name}; known: ${KINDS.join(", ")}`),
);
const [revision, level] = [Number(values.revision), Number(values.level)];
if (!Number.isInteger(revision) || revision < 1) fail("--revision is a whole number from 1 on");
if (!Number.isInteger(level) || level < 1 || level > 9) fail("--level is from 1 to 9");

if (values.as !== undefined && !/^\d+\.\d+\.\d+$/.test(values.as)) fail("--as is a version as 0.1.0 is one");

const folder = resolve(ROOT, values.to);
const release = await makeRelease({
  folder,
  revision,
  level,
  ...(kinds !== undefined && { kinds }),
  ...(values.as !== undefined && { version: values.as }),
  ...(values.role !== undefined && { roles: values.role }),
});
for (const { file, bytes } of release.files) console.log(`${(bytes / 1e6).toFixed(1).padStart(7)} MB  ${file}`);
for (const note of release.notes) console.log(note);
console.log(`in ${folder}, with SHA256SUMS`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(release, null, 2)}\n`);

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
