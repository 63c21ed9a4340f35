/** The JSON that commands print, as far as tests read it: by CLI.md, and nothing from the code that writes it. */
export interface DiskDocument {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly nbdUri: string | null;
  readonly sizeBytes: number | null;
  readonly rpoSeconds: number | null;
  readonly sequence: {
    readonly written: number | null;
    readonly cached: number | null;
    readonly journaled: number | null;
  };
  readonly journalBytes: number | null;
  readonly faults: readonly { readonly code: string; readonly message: string }[];
}

export interface PointDocument {
  readonly id: string;
  readonly machine: string;
  readonly time: string;
}

export interface OpenedDocument {
  readonly id: string;
  readonly point: string;
  readonly nbdUri: string;
}

export function disksOf(document: unknown): DiskDocument[] {
  return itemsOf(document).filter(isDisk);
}

export function diskOf(document: unknown): DiskDocument {
  const disk = fieldOf(document, "disk");
  if (isDisk(disk)) return disk;
  throw new TypeError(`no disk in ${JSON.stringify(document)}`);
}

export function pointOf(document: unknown): PointDocument {
  if (isPoint(document)) return document;
  throw new TypeError(`no point: ${JSON.stringify(document)}`);
}

export function pointsOf(document: unknown): PointDocument[] {
  return itemsOf(document).filter(isPoint);
}

export function openedOf(document: unknown): OpenedDocument {
  if (isOpened(document)) return document;
  throw new TypeError(`no opened point: ${JSON.stringify(document)}`);
}

export function fieldOf(document: unknown, name: string): unknown {
  return typeof document === "object" && document !== null ? Reflect.get(document, name) : undefined;
}

export function itemsOf(document: unknown): unknown[] {
  const items = fieldOf(document, "items");
  if (Array.isArray(items)) return items;
  throw new TypeError(`no items in ${JSON.stringify(document)}`);
}

function isDisk(value: unknown): value is DiskDocument {
  return (
    ["id", "name", "state"].every((name) => typeof fieldOf(value, name) === "string") &&
    Array.isArray(fieldOf(value, "faults"))
  );
}

function isPoint(value: unknown): value is PointDocument {
  return ["id", "machine", "time"].every((name) => typeof fieldOf(value, name) === "string");
}

function isOpened(value: unknown): value is OpenedDocument {
  return ["id", "point", "nbdUri"].every((name) => typeof fieldOf(value, name) === "string");
}
