import { integer, text } from "./column.ts";
import type { Database } from "./database.ts";

/** Which version of its plan each member was given last, and what it said. Most look-ups find nothing new, and take no transaction: nothing comes between. */
export class PlanRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The version for a plan with this digest: the last one when nothing changed, else the next. */
  versionFor(memberId: string, digest: string): number {
    const row = this.#database.get("SELECT version, digest FROM plans WHERE member_id = ?", memberId);
    if (row !== undefined && text(row, "digest") === digest) return integer(row, "version");
    const version = row === undefined ? 1 : integer(row, "version") + 1;
    this.#put(memberId, { version, digest });
    return version;
  }

  /** The member has a plan of version `seen`, which is newer than ours after a restore: ours becomes newer still. */
  overtake(memberId: string, seen: number): boolean {
    const row = this.#database.get("SELECT version FROM plans WHERE member_id = ?", memberId);
    if (seen <= (row === undefined ? 0 : integer(row, "version"))) return false;
    this.#put(memberId, { version: seen, digest: "" });
    return true;
  }

  #put(memberId: string, plan: { readonly version: number; readonly digest: string }): void {
    this.#database.run(
      `INSERT INTO plans (member_id, version, digest) VALUES (?, ?, ?)
       ON CONFLICT (member_id) DO UPDATE SET version = excluded.version, digest = excluded.digest`,
      memberId,
      plan.version,
      plan.digest,
    );
  }
}
