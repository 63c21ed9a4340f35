import { peer } from "@leeward/nbd/testing";

/**
 * Why a test that runs programs as root cannot run here, or false: for its `skip` option. With LEEWARD_REQUIRE_PEERS=1 it runs, and fails.
 * `asRoot` is what only root can do.
 */
export function rootSkip(programs: readonly string[], asRoot: string): string | false {
  const missing = programs.map((name) => peer(name).skip).find((skip) => skip !== false);
  if (missing !== undefined) return missing;
  if (process.getuid?.() === 0 || process.env["LEEWARD_REQUIRE_PEERS"] === "1") return false;
  return `only root can ${asRoot}`;
}
