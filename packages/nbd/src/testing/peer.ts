import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A program of others that we must get on with. */
export interface Peer {
  readonly name: string;
  /** Where it is; the bare name when it was not found. */
  readonly path: string;
  /** Why a test that needs it cannot run, or false: for the `skip` option of a test. */
  readonly skip: string | false;
}

const ALSO_IN = ["/usr/sbin", "/sbin", "/usr/local/bin"];

/**
 * Looks for a program. When it is missing its tests are skipped with a reason; with LEEWARD_REQUIRE_PEERS=1 they run, and fail.
 */
export function peer(name: string): Peer {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...ALSO_IN];
  const path = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (path !== undefined) return { name, path, skip: false };
  const required = process.env["LEEWARD_REQUIRE_PEERS"] === "1";
  return { name, path: name, skip: required ? false : `${name} is not installed` };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: looked for elsewhere.
    return false;
  }
}
