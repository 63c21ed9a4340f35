// What is in a package besides our own code: a CycloneDX 1.5 document, and the licences' texts. A library stands in it when bytes of it are in the
// bundle; its digest is that of the lock file, and one that the lock file does not know stops the build.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { property, ROOT, RUNTIME, textOf } from "./repository.ts";

export interface Component {
  readonly name: string;
  readonly version: string;
  /** As its manifest says it, an SPDX expression. */
  readonly license: string;
  /** SHA-512 of its archive, hexadecimal; empty for what the lock file knows by no digest. */
  readonly sha512: string;
  readonly purl: string;
  readonly licenseText: string;
}

const SPDX_IDENTIFIER = /^[A-Za-z0-9.+-]+$/;

/** What the folders of libraries hold, and the runtime; sorted by name and version. */
export function components(libraries: readonly string[]): Component[] {
  const digests = lockedDigests(textOf("pnpm-lock.yaml"));
  const found = libraries.map((folder) => {
    const { name, version, ...rest } = described(folder);
    const integrity = digests.get(`${name}@${version}`);
    if (integrity === undefined) throw new Error(`${name}@${version} is not in the lock file`);
    const sha512 = Buffer.from(integrity, "base64").toString("hex");
    return { name, version, ...rest, sha512, purl: `pkg:npm/${name.replace("@", "%40")}@${version}` };
  });
  return [...found.sort(byName), runtime()];
}

export interface Billed {
  /** Of the whole. */
  readonly version: string;
  readonly components: readonly Component[];
  /** The time of the release, seconds since 1970. */
  readonly seconds: number;
}

export function billOfMaterials({ version, components: parts, seconds }: Billed): string {
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      timestamp: new Date(seconds * 1_000).toISOString(),
      component: { type: "application", name: "leeward", version, licenses: licensed("Apache-2.0") },
    },
    components: parts.map(({ name, version, license, sha512, purl }) => ({
      type: purl.startsWith("pkg:npm/") ? "library" : "platform",
      "bom-ref": purl,
      name,
      version,
      licenses: licensed(license),
      ...(sha512 === "" ? {} : { hashes: [{ alg: "SHA-512", content: sha512 }] }),
      purl,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The texts of all licences, one after the other. */
export function licenseTexts(parts: readonly Component[]): string {
  const line = "=".repeat(80);
  return parts
    .map(
      ({ name, version, license, licenseText }) =>
        `${line}\n${name} ${version} (${license})\n${line}\n\n${licenseText}\n`,
    )
    .join("\n");
}

/** "name@version" → SHA-512 in base64. */
function lockedDigests(lock: string): Map<string, string> {
  const entry =
    /^ {2}'?((?:@[^@'\s]+\/)?[^@'\s]+@[^':\s(]+)'?:\n {4}resolution: \{integrity: sha512-([A-Za-z0-9+/=]+)/gm;
  return new Map([...lock.matchAll(entry)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function described(folder: string): Pick<Component, "name" | "version" | "license" | "licenseText"> {
  const manifest: unknown = JSON.parse(textOf(`${folder}/package.json`));
  const [name, version] = ["name", "version"].map((each) => property(manifest, each));
  const license = property(manifest, "license") ?? olderLicense(property(manifest, "licenses"));
  if (typeof name !== "string" || typeof version !== "string" || typeof license !== "string") {
    throw new Error(`${folder} does not say its name, version and licence`);
  }
  return { name, version, license, licenseText: licenseTextOf(folder, license) };
}

/** As manifests said it before there were expressions; of several, whoever takes it chooses. */
function olderLicense(licenses: unknown): string | undefined {
  if (!Array.isArray(licenses) || licenses.length === 0) return undefined;
  const types = licenses.map((each) => property(each, "type"));
  return types.every((each) => typeof each === "string") ? types.join(" OR ") : undefined;
}

function licenseTextOf(folder: string, license: string): string {
  const names = readdirSync(join(ROOT, folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  if (names.length === 0) return `Its archive holds no text; its manifest says ${license}.`;
  return names
    .sort()
    .map((name) => readFileSync(join(ROOT, folder, name), "utf8").trim())
    .join("\n\n");
}

function runtime(): Component {
  const manifest: unknown = JSON.parse(textOf(`${RUNTIME}/package.json`));
  const version = String(property(manifest, "version")).replace(/^v/, "");
  const licenseText = textOf(`${RUNTIME}/LICENSE`).trim();
  return { name: "node", version, license: "MIT", sha512: "", purl: `pkg:generic/node@${version}`, licenseText };
}

function licensed(license: string): object[] {
  return SPDX_IDENTIFIER.test(license) ? [{ license: { id: license } }] : [{ expression: license }];
}

function byName(one: Component, other: Component): number {
  return `${one.name}@${one.version}` < `${other.name}@${other.version}` ? -1 : 1;
}
