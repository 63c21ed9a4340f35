import { filled } from "./role-files.ts";
import type { Role } from "./roles.ts";

/** All of them are the same program for an operator: one that is there already stays /usr/bin/leeward. */
const PRIORITY = "50";
/** What every kind of package does alike. */
const PARTS = ["account", "commands", "beside", "boot"];

/** A script that a package runs when it is installed or removed: "deb/postinst", "rpm/preun". */
export function packageScript(path: string, { name }: Pick<Role, "name">): string {
  const own = { ROLE: name, PRIORITY };
  const parts = PARTS.map((part): [string, string] => [part.toUpperCase(), filled(`package/${part}`, own).trimEnd()]);
  return filled(`package/${path}`, { ...own, ...Object.fromEntries(parts) });
}
