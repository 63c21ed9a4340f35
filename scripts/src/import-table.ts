/**
 * Who may import whom. Packages stand in layers; one may import every package of a lower layer, and none of its own or a higher
 * one: so there is no circle, and the daemons never import one another.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["base"],
  ["world", "proto"],
  ["block"],
  ["change-log", "nbd", "identity", "object-store"],
  ["splitter", "tracker", "journal", "wire", "file-system", "recovery-host", "push-install", "azure"],
  ["daemon", "api", "cache-account"],
  ["mobility-agent", "process-server", "master-target", "config-server", "console", "cli"],
  ["leeward"],
  ["manual"],
  ["test", "bench", "release", "scripts"],
];

/** Packages that may import less than their layer allows: what speaks to a server speaks its public API. */
const NARROWED: Readonly<Record<string, readonly string[]>> = {
  api: ["base"],
  console: ["base", "api"],
  cli: [
    "base",
    "world",
    "proto",
    "block",
    "change-log",
    "nbd",
    "identity",
    "object-store",
    "journal",
    "file-system",
    "azure",
    "api",
  ],
  manual: ["base", "world", "daemon", "cli", "leeward"],
  release: ["manual", "console"],
  scripts: [],
};

/** Every package of the table, lowest first. */
export const PACKAGES: readonly string[] = LAYERS.flat();

/** The packages that `name` may import. */
export function allowedImports(name: string): readonly string[] {
  const layer = LAYERS.findIndex((packages) => packages.includes(name));
  return NARROWED[name] ?? LAYERS.slice(0, Math.max(0, layer)).flat();
}
