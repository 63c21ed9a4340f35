import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { packageScript } from "./package-script.ts";
import { configurationFiles } from "./role-files.ts";
import { packageName, type Role } from "./roles.ts";
import type { StagedTree } from "./staged-tree.ts";

const SCRIPTS = ["postinst", "prerm", "postrm"];
/** What the runtime is linked with, and what the scripts call. */
const DEPENDS = ["libc6 (>= 2.28)", "libgcc-s1 | libgcc1", "libstdc++6 (>= 8)", "init-system-helpers (>= 1.54)"];

/** Adds to a tree of a role what makes it a package of Debian. `bytes` are in it. */
export function stageControl(
  tree: StagedTree,
  role: Role,
  facts: { readonly version: string; readonly bytes: number },
): void {
  tree.text("DEBIAN/md5sums", sumsOf(tree.folder));
  tree.text("DEBIAN/control", controlOf(role, facts));
  tree.text(
    "DEBIAN/conffiles",
    configurationFiles(role)
      .map((path) => `/${path}\n`)
      .join(""),
  );
  for (const name of SCRIPTS) tree.text(`DEBIAN/${name}`, packageScript(`deb/${name}`, role), { isProgram: true });
}

function controlOf(role: Role, { version, bytes }: { readonly version: string; readonly bytes: number }): string {
  const users = role.name === "agent" ? [] : ["passwd"];
  const fields = [
    ["Package", packageName(role)],
    ["Version", version],
    ["Architecture", "amd64"],
    ["Maintainer", "The authors of Leeward <leeward@localhost>"],
    ["Installed-Size", String(Math.ceil(bytes / 1_024))],
    ["Depends", [...DEPENDS, ...users].join(", ")],
    ...(role.conflicts.length === 0 ? [] : [["Conflicts", role.conflicts.map((name) => `leeward-${name}`).join(", ")]]),
    ["Recommends", "systemd"],
    ["Section", "admin"],
    ["Priority", "optional"],
    ["Description", `${role.summary}\n Open, self-hosted disaster recovery for servers. It brings its own runtime.`],
  ];
  return `${fields.map(([name, value]) => `${name}: ${value}`).join("\n")}\n`;
}

function sumsOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${createHash("md5").update(readFileSync(path)).digest("hex")}  ${relative(folder, path)}\n`)
    .join("");
}
