/** Names of the journal's files. Each holds the file's own id, so that no file ever takes the place of another. */
export function segmentName(branch: string, from: number, fileId: string): string {
  return `${branch}-${padded(from)}-${fileId}.hrl`;
}

export function runName(options: { branch: string; level: number; first: number; fileId: string }): string {
  return `${options.branch}-${options.level}-${padded(options.first)}-${options.fileId}.hrl`;
}

export function baseName(range: number, fileId: string): string {
  return `${padded(range)}-${fileId}.hrl`;
}

export function manifestName(number: number): string {
  return `manifest-${number}`;
}

/** The number in a manifest's name, or undefined when it is none. */
export function manifestNumber(name: string): number | undefined {
  const match = /^manifest-([1-9]\d{0,14})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

function padded(value: number): string {
  return String(value).padStart(16, "0");
}
