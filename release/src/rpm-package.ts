import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "./command.ts";
import { packageScript } from "./package-script.ts";
import { configurationFiles, filled } from "./role-files.ts";
import { packageName, type Role } from "./roles.ts";
import type { StagedTree } from "./staged-tree.ts";

/** Folders of the distribution, or of several roles. */
const SHARED = new Set(["etc", "usr", "var"]);
const SHARED_BELOW = /^(etc\/logrotate\.d|usr\/(lib(\/(systemd(\/system)?|sysusers\.d))?|share(\/doc)?)|var\/lib)$/;

export interface RpmPlace {
  /** For what rpmbuild needs; emptied again. */
  readonly scratch: string;
  /** Where the package goes. */
  readonly folder: string;
  readonly seconds: number;
  /** Of gzip, 1 to 9. */
  readonly level: number;
}

export interface RpmFacts {
  readonly version: string;
  readonly revision: number;
}

/** Makes a package of RPM out of a role's tree, which is not changed. Returns its path. */
export async function makeRpm(tree: StagedTree, role: Role, facts: RpmFacts, place: RpmPlace): Promise<string> {
  const top = join(place.scratch, "rpmbuild");
  mkdirSync(top, { recursive: true });
  const spec = join(top, "package.spec");
  writeFileSync(spec, specOf(tree, role, facts));
  const macros: Readonly<Record<string, string>> = {
    _topdir: top,
    _rpmdir: join(top, "made"),
    _rpmfilename: "package.rpm",
    _buildhost: "leeward",
    use_source_date_epoch_as_buildtime: "1",
    clamp_mtime_to_source_date_epoch: "1",
    _binary_payload: `w${place.level}.gzdio`,
    _build_id_links: "none",
    __os_install_post: "%{nil}",
    debug_package: "%{nil}",
  };
  const defined = Object.entries(macros).flatMap(([name, value]) => ["--define", `${name} ${value}`]);
  await run("rpmbuild", ["-bb", "--quiet", "--buildroot", tree.folder, "--noclean", ...defined, spec], {
    folder: top,
    environment: { SOURCE_DATE_EPOCH: String(place.seconds), HOME: top },
  });
  const file = join(place.folder, `${packageName(role)}-${facts.version}-${facts.revision}.x86_64.rpm`);
  renameSync(join(top, "made/package.rpm"), file);
  rmSync(top, { recursive: true });
  return file;
}

function specOf(tree: StagedTree, role: Role, { version, revision }: RpmFacts): string {
  return filled("package/rpm/package.spec", {
    NAME: packageName(role),
    VERSION: version,
    REVISION: String(revision),
    SUMMARY: role.summary,
    CONFLICTS: role.conflicts.map((name) => `Conflicts: leeward-${name}`).join("\n"),
    POST: packageScript("rpm/post", role),
    PREUN: packageScript("rpm/preun", role),
    POSTUN: packageScript("rpm/postun", role),
    FILES: filesOf(tree, role).join("\n"),
  });
}

/** Everything in the tree but folders of others, with modes that hold whoever makes it. */
function filesOf(tree: StagedTree, role: Role): string[] {
  const ofItsOwner = new Set(configurationFiles(role));
  const lines = ["%defattr(-,root,root,-)"];
  const entries = readdirSync(tree.folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => ({ entry, path: relative(tree.folder, join(entry.parentPath, entry.name)) }));
  for (const { entry, path } of paths.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (!entry.isDirectory()) lines.push(ofItsOwner.has(path) ? `%config(noreplace) "/${path}"` : `"/${path}"`);
    else if (!SHARED.has(path) && !SHARED_BELOW.test(path)) lines.push(`%dir "/${path}"`);
  }
  return lines;
}
