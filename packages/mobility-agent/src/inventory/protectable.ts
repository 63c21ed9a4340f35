import { Fault } from "@leeward/base";
import type { PlannedDisk } from "@leeward/proto";

/**
 * What this machine lets be protected. It is decided here, by the configuration on the machine and the disk offers beside it; the
 * config server can ask for less, never for more.
 */
export interface Protectable {
  /** Absolute paths of disks and image files, or of folders whose files may be protected. None means every disk and image. */
  readonly paths: readonly string[];
  /** Never protected, whatever `paths` says: the agent's home. */
  readonly forbidden: readonly string[];
  /** The disks below the running root: a tracker or rescans alone can capture them. */
  readonly rootDevices: readonly string[];
}

/**
 * Why `realPath` may not be protected, or undefined when it may. The path must have been resolved: a link that leads out of what is
 * protectable is judged by where it leads.
 */
export function refusalOf(
  realPath: string,
  protectable: Protectable,
  capture: PlannedDisk["capture"],
): string | undefined {
  const root = protectable.rootDevices.find((path) => isWithin(realPath, path));
  if (root !== undefined && capture === "splitter")
    return `${realPath} belongs to ${root}, which the running system needs; only a tracker, or rescans, can capture it.`;
  const forbidden = protectable.forbidden.find((path) => isWithin(realPath, path));
  if (forbidden !== undefined) return `${realPath} belongs to ${forbidden}, which the agent itself needs.`;
  if (protectable.paths.length === 0) return undefined;
  if (protectable.paths.some((path) => isWithin(realPath, path))) return undefined;
  return `${realPath} is not among what this machine lets be protected (${protectable.paths.join(", ")}).`;
}

/** @throws Fault `disk-not-protectable` */
export function requireProtectable(realPath: string, protectable: Protectable, capture: PlannedDisk["capture"]): void {
  const refusal = refusalOf(realPath, protectable, capture);
  if (refusal === undefined) return;
  throw new Fault({
    code: "disk-not-protectable",
    kind: "operator",
    message: refusal,
    remedy:
      "See `leeward disk list MACHINE` for what can be; widen `protectable` in the agent's `config.yaml` on the machine itself.",
    detail: { path: realPath },
  });
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`);
}
