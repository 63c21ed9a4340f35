import { isFault } from "@leeward/base";
import type { StartReplica } from "@leeward/proto";
import type { RecoveryHosts } from "./recovery-hosts.ts";
import { isOfHost, type Seen } from "./replica-status.ts";
import type { ReplicaTable } from "./replica-table.ts";

/** What recovery hosts said last of replica machines. */
export class ReplicaWatch {
  readonly #table: ReplicaTable;
  readonly #hosts: RecoveryHosts;
  readonly #seen = new Map<string, Seen>();

  constructor(table: ReplicaTable, hosts: RecoveryHosts) {
    this.#table = table;
    this.#hosts = hosts;
  }

  /** @returns nothing of a machine that no recovery host has yet, or any more */
  seen(id: string): Seen {
    const record = this.#table.find(id);
    return record !== undefined && isOfHost(record.step) ? this.#seen.get(id) : undefined;
  }

  /** Side by side: one whose hypervisor does not answer keeps nobody from seeing the others. */
  async look(): Promise<void> {
    for (const id of this.#seen.keys()) if (this.#table.find(id) === undefined) this.#seen.delete(id);
    await Promise.all(this.#table.ids().map((id) => this.lookAt(id)));
  }

  async lookAt(id: string): Promise<void> {
    const record = this.#table.find(id);
    if (record !== undefined && isOfHost(record.step)) this.#seen.set(id, await this.see(record.asked));
  }

  /** How it is now. */
  async see(asked: StartReplica): Promise<Seen> {
    try {
      return await (await this.#hosts.of(asked.host)).find(asked.replicaId);
    } catch (error) {
      if (!isFault(error)) throw error;
      return error.message;
    }
  }
}
