// All files of a release, in one folder:
//
//   leeward-VERSION-linux-x64.tar.gz        every role, with install.sh
//   leeward-ROLE_VERSION-REVISION_amd64.deb
//   leeward-ROLE-VERSION-REVISION.x86_64.rpm
//   leeward-VERSION-windows-x64.zip         the agent, with install.ps1; when it is asked for
//   bill-of-materials.cdx.json, SHA256SUMS
//
// The same sources and lock file make the same bytes, wherever and whenever: what is in an archive is sorted, and its times are those of the commit.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { manPages, manualPages, plainPage } from "@leeward/manual";
import { buildApplication } from "./application.ts";
import { makeDeb, makeTar, sha256Of } from "./archives.ts";
import { billOfMaterials, type Component, components } from "./bill-of-materials.ts";
import { isThere, run } from "./command.ts";
import { stageControl } from "./debian-package.ts";
import { ROOT, softwareVersion } from "./repository.ts";
import { filled, type Program, stageProgram, stageSurroundings } from "./role-files.ts";
import { packageName, programFolder, ROLES, type Role } from "./roles.ts";
import { makeRpm } from "./rpm-package.ts";
import { StagedTree } from "./staged-tree.ts";
import { windowsArchive, windowsProgram } from "./windows-archive.ts";

/** The archive of all roles, packages of one role each, and the agent for Windows. */
export const KINDS = ["tar", "deb", "rpm", "zip"] as const;
/** What a release is made of unless told: Windows' runtime is fetched for who wants it. */
const KINDS_DEFAULT: readonly ReleaseKind[] = ["tar", "deb", "rpm"];
export type ReleaseKind = (typeof KINDS)[number];

export interface ReleaseOptions {
  /** Made when it is not there. */
  readonly folder: string;
  /** Which packages; all of them when left out. */
  readonly roles?: readonly string[];
  /** What it says that it is: to try upgrades with. The workspace's version when left out. */
  readonly version?: string;
  /** Of the packages, when the same version is packaged again. Default: 1. */
  readonly revision?: number;
  /** Of gzip, 1 to 9. Default: 9. */
  readonly level?: number;
  /** Which kinds; all but `zip` when left out. */
  readonly kinds?: readonly ReleaseKind[];
}

export interface ReleaseFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Release {
  readonly files: readonly ReleaseFile[];
  /** Why something is not among them. */
  readonly notes: readonly string[];
}

/** Makes a release. What a folder holds already under the same names is replaced. */
export async function makeRelease(options: ReleaseOptions): Promise<Release> {
  const { folder, version = softwareVersion(), revision = 1, level = 9, kinds = KINDS_DEFAULT } = options;
  const roles = ROLES.filter(({ name }) => options.roles?.includes(name) ?? true);
  const seconds = await releaseTime();
  const application = await buildApplication(version);
  const program = {
    version,
    application,
    components: components(application.libraries),
    manPages: manPages(await manualPages(), version),
    seconds,
  };
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), "leeward-release-"));
  chmodSync(scratch, 0o755);
  const notes: string[] = [];
  const made: string[] = [];
  const place = { scratch, folder, seconds, level };
  try {
    if (kinds.includes("tar")) made.push(await archive(place, program));
    for (const { kind, tool, make } of PACKAGINGS) {
      if (!kinds.includes(kind)) continue;
      if (!(await isThere(tool))) notes.push(`no .${kind}: ${tool} is not installed`);
      else for (const role of roles) made.push(await make(place, role, { program, revision }));
    }
    const windows = kinds.includes("zip") ? await windowsProgram(program) : undefined;
    if (windows !== undefined) made.push(windowsArchive(place, windows));
    const bill = join(folder, "bill-of-materials.cdx.json");
    writeFileSync(bill, billOfMaterials({ ...program, components: allOf(program, windows) }));
    return { files: await summed(folder, [...made, bill]), notes };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Where a release is put together, and where it goes. */
export interface Place {
  readonly scratch: string;
  readonly folder: string;
  readonly seconds: number;
  readonly level: number;
}

async function archive(place: Place, program: Program): Promise<string> {
  const name = `leeward-${program.version}-linux-x64`;
  const tree = new StagedTree(join(place.scratch, name), place.seconds);
  stageProgram(tree, "program", program);
  for (const role of ROLES) {
    const surroundings = new StagedTree(join(tree.folder, "roles", role.name), place.seconds);
    stageSurroundings(surroundings, role);
  }
  tree.text("install.sh", filled("files/install.sh", { VERSION: program.version }), { isProgram: true });
  tree.text("README.md", plainPage("install"));
  tree.settle();
  const file = join(place.folder, `${name}.tar.gz`);
  await makeTar(tree.folder, file, place);
  rmSync(tree.folder, { recursive: true });
  return file;
}

/** What is in any of them, once. */
function allOf(...programs: readonly (Pick<Program, "components"> | undefined)[]): Component[] {
  const found = programs.flatMap((program) => program?.components ?? []).map((each) => [each.purl, each] as const);
  return [...new Map(found).values()];
}

interface Packaged {
  readonly program: Program;
  readonly revision: number;
}

/** What makes packages of one kind; it is left out where its tool is missing. */
const PACKAGINGS: readonly {
  readonly kind: "deb" | "rpm";
  readonly tool: string;
  readonly make: (place: Place, role: Role, what: Packaged) => Promise<string>;
}[] = [
  { kind: "deb", tool: "dpkg-deb", make: debianPackage },
  { kind: "rpm", tool: "rpmbuild", make: rpmPackage },
];

async function debianPackage(place: Place, role: Role, { program, revision }: Packaged): Promise<string> {
  const version = `${program.version}-${revision}`;
  const tree = roleTree(place, role, program);
  stageControl(tree, role, { version, bytes: tree.settle() });
  tree.settle();
  const file = join(place.folder, `${packageName(role)}_${version}_amd64.deb`);
  await makeDeb(tree.folder, file, place);
  rmSync(tree.folder, { recursive: true });
  return file;
}

async function rpmPackage(place: Place, role: Role, { program, revision }: Packaged): Promise<string> {
  const tree = roleTree(place, role, program);
  tree.settle();
  const file = await makeRpm(tree, role, { version: program.version, revision }, place);
  rmSync(tree.folder, { recursive: true });
  return file;
}

function roleTree(place: Place, role: Role, program: Program): StagedTree {
  const tree = new StagedTree(join(place.scratch, packageName(role)), place.seconds);
  stageProgram(tree, programFolder(role), program);
  stageSurroundings(tree, role);
  return tree;
}

async function summed(folder: string, files: readonly string[]): Promise<ReleaseFile[]> {
  const found: ReleaseFile[] = [];
  for (const file of files.toSorted()) {
    found.push({ file: basename(file), bytes: statSync(file).size, sha256: await sha256Of(file) });
  }
  writeFileSync(join(folder, "SHA256SUMS"), found.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join(""));
  return found;
}

/** SOURCE_DATE_EPOCH, else the time of the last commit. */
async function releaseTime(): Promise<number> {
  const given = process.env["SOURCE_DATE_EPOCH"];
  const text = given ?? (await run("git", ["log", "-1", "--format=%ct"], { folder: ROOT }));
  const seconds = Number(text.trim());
  if (text.trim() !== "" && Number.isInteger(seconds) && seconds > 0) return seconds;
  throw new Error(`SOURCE_DATE_EPOCH is to be whole seconds since 1970, and is ${JSON.stringify(text)}`);
}
