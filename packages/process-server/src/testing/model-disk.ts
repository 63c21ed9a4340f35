import type { LogRecord, RecordDraft } from "@leeward/proto";

/** A disk as a plain array of bytes. */
export class ModelDisk {
  readonly bytes: Uint8Array;

  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(sizeBytes);
  }

  /** Applies records in their order; what a later `void` refuses is left out. */
  applyAll(records: readonly LogRecord[]): void {
    const refused = new Set<number>();
    for (const record of records) {
      if (record.kind !== "void") continue;
      for (let sequence = record.refusedFrom; sequence <= record.refusedTo; sequence += 1) refused.add(sequence);
    }
    for (const record of records) if (!refused.has(record.sequence)) this.apply(record);
  }

  apply(record: LogRecord | RecordDraft): void {
    if (record.kind === "write") this.bytes.set(record.data, record.offset);
    else if (record.kind === "zero" || record.kind === "discard") {
      this.bytes.fill(0, record.offset, record.offset + record.length);
    }
  }
}
