/** What the name of a seed's file says: the sequences it covers, and the SHA-256 of its bytes. */
export interface SeedFileName {
  readonly from: number;
  readonly to: number;
  readonly sha256: Uint8Array;
}

const SEQUENCE_DIGITS = 12;
const PATTERN = /^(\d{12})-(\d{12})-([0-9a-f]{64})\.seed$/;

/** `from-to-digest.seed`: names sort as sequences do. */
export function formatSeedFileName({ from, to, sha256 }: SeedFileName): string {
  return `${digits(from)}-${digits(to)}-${Buffer.from(sha256).toString("hex")}.seed`;
}

/** undefined when it is no name of a seed's file. */
export function parseSeedFileName(name: string): SeedFileName | undefined {
  const [, from = "", to = "", sha256 = ""] = PATTERN.exec(name) ?? [];
  const file = { from: Number(from), to: Number(to), sha256: new Uint8Array(Buffer.from(sha256, "hex")) };
  return sha256 !== "" && file.from >= 1 && file.from <= file.to ? file : undefined;
}

function digits(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, "0");
}
