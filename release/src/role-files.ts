// What of a role lies where on a machine. The same tree is a package of a distribution, and what install.sh puts in place.
//
//   usr/lib/leeward/ROLE/        leeward (a shell script), bin/node, app-DIGEST/, UnifiedAgentConfigurator.sh, LICENSES.txt, bill-of-materials.cdx.json, hooks/, share/man/
//   usr/lib/systemd/system/      its service          usr/lib/sysusers.d/    its user
//   etc/leeward/ROLE.conf        what the service is started with       etc/logrotate.d/       var/lib/leeward/
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { plainPage } from "@leeward/manual";
import type { Application } from "./application.ts";
import { billOfMaterials, type Component, licenseTexts } from "./bill-of-materials.ts";
import { ROOT, RUNTIME, textOf } from "./repository.ts";
import { packageName, programFolder, type Role } from "./roles.ts";
import type { StagedTree } from "./staged-tree.ts";

export interface Program {
  /** "0.1.0". */
  readonly version: string;
  readonly application: Application;
  readonly components: readonly Component[];
  /** "man1/leeward.1" → its text. */
  readonly manPages: ReadonlyMap<string, string>;
  /** The time of the release, seconds since 1970. */
  readonly seconds: number;
}

/** Those of the agent that a machine's owner links into its home. */
const HOOKS = ["mysql", "postgresql"];

/** The files that belong to whoever runs the machine: an upgrade asks before it replaces one that was changed. */
export function configurationFiles(role: Role): string[] {
  return [`etc/leeward/${role.name}.conf`, `etc/logrotate.d/${packageName(role)}`];
}

/** What runbooks call to register an agent. */
const CONFIGURATOR = "UnifiedAgentConfigurator.sh";

/** A dashboard for Grafana, and rules for Prometheus. */
const MONITORING = ["leeward.json", "leeward-rules.yaml"];

/** The program itself, into a folder of the tree. */
export function stageProgram(tree: StagedTree, folder: string, program: Program): void {
  const { application, components, manPages } = program;
  tree.program(`${folder}/bin/node`, join(ROOT, RUNTIME, "bin/node"));
  tree.text(`${folder}/leeward`, filled("files/leeward", { APP: application.folder }), { isProgram: true });
  for (const [path, content] of application.files) tree.bytes(`${folder}/${application.folder}/${path}`, content);
  for (const name of HOOKS)
    tree.text(`${folder}/hooks/${name}`, textOf(`packages/mobility-agent/hooks/${name}`), { isProgram: true });
  tree.text(`${folder}/${CONFIGURATOR}`, textOf(`release/files/${CONFIGURATOR}`), { isProgram: true });
  for (const name of MONITORING) tree.text(`${folder}/grafana/${name}`, textOf(`release/files/grafana/${name}`));
  for (const [path, text] of manPages) tree.bytes(`${folder}/share/man/${path}.gz`, gzipSync(text, { level: 9 }));
  tree.text(`${folder}/VERSION`, `${program.version}\n`);
  tree.text(`${folder}/LICENSE`, textOf("LICENSE"));
  tree.text(`${folder}/LICENSES.txt`, licenseTexts(components));
  tree.text(`${folder}/bill-of-materials.cdx.json`, billOfMaterials(program));
}

/** Everything of a role but the program. */
export function stageSurroundings(tree: StagedTree, role: Role): void {
  const name = packageName(role);
  tree.text(`usr/lib/systemd/system/${name}.service`, textOf(`release/files/systemd/${name}.service`));
  const account = accountOf(role);
  if (account !== undefined) tree.text(`usr/lib/sysusers.d/${name}.conf`, account);
  // Whoever makes a home makes it private, and would make this one so: homes of several users lie in it.
  tree.emptyFolder("var/lib/leeward");
  tree.text(`etc/leeward/${role.name}.conf`, textOf(`release/files/conf/${role.name}.conf`));
  tree.text(`etc/logrotate.d/${name}`, filled("files/logrotate.conf", { ROLE: role.name }));
  tree.text(`usr/share/doc/${name}/README.md`, plainPage("install"));
  tree.text(`usr/share/doc/${name}/copyright`, copyrightOf(role));
}

/** A file of this folder, with a value in the place of each @NAME@. @throws when one of them has none */
export function filled(path: string, values: Readonly<Record<string, string>>): string {
  return textOf(`release/${path}`).replaceAll(/@([A-Z]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`release/${path} asks for ${name}`);
    return value;
  });
}

/** undefined for what root runs. */
function accountOf({ name }: Role): string | undefined {
  if (name === "agent") return undefined;
  const runsMachines = name === "master-target" || name === "management-server";
  return textOf(`release/files/sysusers/${runsMachines ? "leeward-kvm" : "leeward"}.conf`);
}

function copyrightOf(role: Role): string {
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Leeward

Files: *
Copyright: the authors of Leeward
License: Apache-2.0

License: Apache-2.0
 /${programFolder(role)}/LICENSE holds its text; LICENSES.txt beside it those of everything that comes with it.
`;
}
