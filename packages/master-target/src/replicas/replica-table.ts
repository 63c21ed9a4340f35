import { type Fault, isFault } from "@leeward/base";
import { replicaMissing, replicaRemoving } from "./replica-machine-faults.ts";
import type { ReplicaRecord, ReplicaRecords } from "./replica-record.ts";

/** The replica machines of this target, each as its record says: what is told here is durable. */
export class ReplicaTable {
  readonly #records: ReplicaRecords;
  readonly #onStep: (step: string) => void;
  readonly #known = new Map<string, ReplicaRecord>();

  constructor(records: ReplicaRecords, onStep: (step: string) => void) {
    this.#records = records;
    this.#onStep = onStep;
  }

  /** Reads what an earlier daemon recorded; one that is damaged is told of, and left as it is. */
  async load(onFault: (fault: Fault) => void): Promise<void> {
    for (const id of await this.#records.ids()) {
      try {
        const record = await this.#records.read(id);
        if (record !== undefined) this.#known.set(id, record);
      } catch (error) {
        if (!isFault(error)) throw error;
        onFault(error);
      }
    }
  }

  get size(): number {
    return this.#known.size;
  }

  ids(): string[] {
    return [...this.#known.keys()];
  }

  all(): ReplicaRecord[] {
    return [...this.#known.values()];
  }

  find(id: string): ReplicaRecord | undefined {
    return this.#known.get(id);
  }

  /** @throws Fault `replica-unknown` */
  get(id: string): ReplicaRecord {
    const record = this.#known.get(id);
    if (record === undefined) throw replicaMissing(id);
    return record;
  }

  /** @throws Fault `replica-unknown`, `replica-removing` */
  present(id: string): ReplicaRecord {
    const record = this.get(id);
    if (record.step === "removing") throw replicaRemoving(id);
    return record;
  }

  async write(record: ReplicaRecord): Promise<void> {
    await this.#records.write(record);
    this.#known.set(record.asked.replicaId, record);
    this.#onStep(`recorded ${record.step}`);
  }

  async remove(id: string): Promise<void> {
    await this.#records.remove(id);
    this.#known.delete(id);
  }
}
