/** What installs an agent on one kind of machine. */
export interface AgentPackage {
  /** As the program says it: "0.1.0". */
  readonly version: string;
  readonly platform: "linux-x64";
  readonly kind: "deb" | "tar.gz";
  readonly file: string;
  /** Hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Where agents' packages come from. */
export interface AgentPackages {
  list(): Promise<readonly AgentPackage[]>;
  /** Its bytes, once. @throws Fault `push-package-damaged` at the end when they are not those of its sum */
  open(wanted: AgentPackage): AsyncIterable<Uint8Array>;
}

/** The newest of a kind, or the one of a version; a machine with dpkg takes a .deb where there is one. */
export function choosePackage(
  all: readonly AgentPackage[],
  { version, kinds }: { readonly version: string; readonly kinds: readonly AgentPackage["kind"][] },
): AgentPackage | undefined {
  for (const kind of kinds) {
    const found = all.filter((each) => each.kind === kind && (version === "" || each.version === version));
    const [newest] = found.toSorted((a, b) => compareVersions(b.version, a.version));
    if (newest !== undefined) return newest;
  }
  return undefined;
}

/** By their numbers; what is behind a hyphen comes before the same without. */
export function compareVersions(one: string, other: string): number {
  const [a = "", aSuffix] = one.split("-", 2);
  const [b = "", bSuffix] = other.split("-", 2);
  const [as, bs] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let index = 0; index < Math.max(as.length, bs.length); index += 1) {
    const difference = (as[index] ?? 0) - (bs[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (aSuffix === bSuffix) return 0;
  if (aSuffix === undefined) return 1;
  return bSuffix === undefined ? -1 : aSuffix.localeCompare(bSuffix, "en", { numeric: true });
}
