/** What the name of a cut's file says: the sequences it covers, and the SHA-256 of its bytes. */
export interface CutName {
  readonly from: number;
  readonly to: number;
  readonly sha256: Uint8Array;
}

const SEQUENCE_DIGITS = 16;
const PATTERN = /^(\d{16})-(\d{16})-([0-9a-f]{64})\.hrl$/;

/** `from-to-digest.hrl`: names sort as sequences do. */
export function formatCutName({ from, to, sha256 }: CutName): string {
  return `${digits(from)}-${digits(to)}-${Buffer.from(sha256).toString("hex")}.hrl`;
}

/** undefined when it is no cut's name. */
export function parseCutName(name: string): CutName | undefined {
  const [, from = "", to = "", sha256 = ""] = PATTERN.exec(name) ?? [];
  const cut = { from: Number(from), to: Number(to), sha256: new Uint8Array(Buffer.from(sha256, "hex")) };
  return sha256 !== "" && cut.from >= 1 && cut.from <= cut.to && cut.to <= Number.MAX_SAFE_INTEGER ? cut : undefined;
}

function digits(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, "0");
}
