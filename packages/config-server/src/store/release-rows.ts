import type { NamedRelease } from "@leeward/base";
import { integer, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";

/** A file of a release that is there, whole and durable. */
export interface ReleaseRow extends NamedRelease {
  /** Its name, below HOME/releases. */
  readonly file: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly addedMicros: number;
  readonly addedBy: string;
}

const KINDS: readonly ReleaseRow["kind"][] = ["deb", "tar.gz"];

export class ReleaseRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(row: ReleaseRow): void {
    this.#database.run(
      "INSERT INTO release_files (file, version, kind, bytes, sha256, added_micros, added_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
      row.file,
      row.version,
      row.kind,
      row.bytes,
      row.sha256,
      row.addedMicros,
      row.addedBy,
    );
  }

  byFile(file: string): ReleaseRow | undefined {
    const row = this.#database.get("SELECT * FROM release_files WHERE file = ?", file);
    return row === undefined ? undefined : releaseOf(row);
  }

  list(): ReleaseRow[] {
    return this.#database.all("SELECT * FROM release_files ORDER BY file").map(releaseOf);
  }

  remove(file: string): void {
    this.#database.run("DELETE FROM release_files WHERE file = ?", file);
  }
}

function releaseOf(row: Row): ReleaseRow {
  return {
    file: text(row, "file"),
    version: text(row, "version"),
    kind: word(row, "kind", KINDS),
    bytes: integer(row, "bytes"),
    sha256: text(row, "sha256"),
    addedMicros: integer(row, "added_micros"),
    addedBy: text(row, "added_by"),
  };
}
