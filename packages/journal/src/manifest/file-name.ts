/** Names of the journal's files. Each holds the file's own id, so that no file ever takes the place of another. */
export function segmentName(branch: string, from: number, fileId: string): string {
  return joined(branch, padded(from), fileId);
}

export function runName(options: { branch: string; level: number; first: number; fileId: string }): string {
  return joined(options.branch, String(options.level), padded(options.first), options.fileId);
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

/** One string: a template would stay a tree of its parts, seven objects for each file of a journal. */
function joined(...parts: readonly string[]): string {
  return [parts.join("-"), ".hrl"].join("");
}

function padded(value: number): string {
  return String(value).padStart(16, "0");
}
