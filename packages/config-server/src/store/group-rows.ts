import { assert } from "@leeward/base";
import { integer, type Row, text } from "./column.ts";
import type { Database } from "./database.ts";

/** The members of a group from some moment on. */
export interface GroupRevision {
  readonly id: string;
  readonly memberIds: readonly string[];
}

export interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly intervalSeconds: number;
  /** In force now. */
  readonly revision: GroupRevision;
}

/**
 * Consistency groups. Other members are another revision, and all revisions stay: a point's id begins like that of the revision which it was made
 * for, so it can be said of any point who should be in it.
 */
export class GroupRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(): GroupRow[] {
    return this.#database
      .all("SELECT * FROM consistency_groups WHERE removed_micros IS NULL ORDER BY name")
      .map((row) => this.#groupOf(row));
  }

  byName(name: string): GroupRow | undefined {
    const row = this.#database.get("SELECT * FROM consistency_groups WHERE removed_micros IS NULL AND name = ?", name);
    return row === undefined ? undefined : this.#groupOf(row);
  }

  insert(group: { readonly id: string; readonly name: string; readonly intervalSeconds: number }): void {
    this.#database.run(
      "INSERT INTO consistency_groups (id, name, interval_seconds) VALUES (?, ?, ?)",
      group.id,
      group.name,
      group.intervalSeconds,
    );
  }

  changeInterval(id: string, intervalSeconds: number): void {
    this.#database.run("UPDATE consistency_groups SET interval_seconds = ? WHERE id = ?", intervalSeconds, id);
  }

  addRevision(groupId: string, { id, memberIds }: GroupRevision): void {
    this.#database.run(
      `INSERT INTO group_revisions (id, group_id, number)
       VALUES (?, ?, (SELECT coalesce(max(number), 0) + 1 FROM group_revisions WHERE group_id = ?))`,
      id,
      groupId,
      groupId,
    );
    for (const machineId of memberIds) {
      this.#database.run("INSERT INTO group_members (revision_id, machine_id) VALUES (?, ?)", id, machineId);
    }
  }

  /** All revisions of the group, oldest first. */
  revisions(groupId: string): GroupRevision[] {
    const rows = this.#database.all(
      "SELECT id, number FROM group_revisions WHERE group_id = ? ORDER BY number",
      groupId,
    );
    return rows.map((row) => this.#revisionOf(row));
  }

  remove(id: string, nowMicros: number): void {
    this.#database.run("UPDATE consistency_groups SET removed_micros = ? WHERE id = ?", nowMicros, id);
  }

  #groupOf(row: Row): GroupRow {
    const id = text(row, "id");
    const revision = this.revisions(id).at(-1);
    const intervalSeconds = row["interval_seconds"];
    assert(revision !== undefined && typeof intervalSeconds === "number", "a group is stored whole");
    return { id, name: text(row, "name"), intervalSeconds, revision };
  }

  #revisionOf(row: Row): GroupRevision {
    assert(integer(row, "number") > 0, "revisions are counted from 1 on");
    const id = text(row, "id");
    const members = this.#database.all(
      "SELECT machine_id FROM group_members WHERE revision_id = ? ORDER BY machine_id",
      id,
    );
    return { id, memberIds: members.map((member) => text(member, "machine_id")) };
  }
}
