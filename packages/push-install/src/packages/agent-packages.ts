import { compareVersions } from "@leeward/base";

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
