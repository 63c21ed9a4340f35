/** What a file of a release brings, as its name says. */
export interface NamedRelease {
  /** As the program says it: "0.1.0". */
  readonly version: string;
  readonly kind: "deb" | "tar.gz";
}

const DEB = /^leeward-agent_(\d{1,9}(?:\.\d{1,9}){0,4})-\d{1,6}_amd64\.deb$/;
const ARCHIVE = /^leeward-(\d{1,9}(?:\.\d{1,9}){0,4}(?:-[A-Za-z0-9][A-Za-z0-9.-]{0,30})?)-linux-x64\.tar\.gz$/;

/** The agent's package or the archive of all roles, as `npm run release` names them; undefined for every other name. */
export function releaseFileOf(file: string): NamedRelease | undefined {
  const deb = DEB.exec(file)?.[1];
  if (deb !== undefined) return { version: deb, kind: "deb" };
  const archive = ARCHIVE.exec(file)?.[1];
  return archive === undefined ? undefined : { version: archive, kind: "tar.gz" };
}

/** By their numbers; what is behind a hyphen comes before the same without, and a part that is no number before every one: whoever says so is older than any release. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index += 1) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.suffix === b.suffix) return 0;
  if (a.suffix === "") return 1;
  return b.suffix === "" ? -1 : a.suffix.localeCompare(b.suffix, "en", { numeric: true });
}

/** How many releases `one` is behind `other`: a release raises the second number. Infinity behind another first number; 0 when it is not behind. */
export function releasesBehind(one: string, other: string): number {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [partsOf(one).numbers, partsOf(other).numbers];
  if (major !== otherMajor) return major < otherMajor ? Number.POSITIVE_INFINITY : 0;
  return Math.max(0, otherMinor - minor);
}

function partsOf(version: string): { readonly numbers: readonly number[]; readonly suffix: string } {
  const [, numbers = "", suffix = ""] = /^([^-]*)-?(.*)$/.exec(version) ?? [];
  return { numbers: numbers.split(".").map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : -1)), suffix };
}
