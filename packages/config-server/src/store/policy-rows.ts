import { POLICY_DEFAULT, PolicySettings } from "@leeward/api";
import { assert } from "@leeward/base";
import { Check } from "typebox/value";
import { allPointsFor } from "../plans/retention-text.ts";
import { type Row, text } from "./column.ts";
import type { Database } from "./database.ts";

/** The policy of a disk that names none; it may be changed and not removed. */
export const POLICY_DEFAULT_NAME = "default";

export interface PolicyRow {
  readonly name: string;
  readonly settings: PolicySettings;
}

export class PolicyRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(): PolicyRow[] {
    return this.#database.all("SELECT * FROM policies ORDER BY name <> ?, name", POLICY_DEFAULT_NAME).map(policyOf);
  }

  byName(name: string): PolicyRow | undefined {
    const row = this.#database.get("SELECT * FROM policies WHERE name = ?", name);
    return row === undefined ? undefined : policyOf(row);
  }

  put({ name, settings }: PolicyRow): void {
    this.#database.run(
      "INSERT INTO policies (name, settings) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET settings = excluded.settings",
      name,
      JSON.stringify(settings),
    );
  }
}

/** Settings that a later release added get their default; but a policy from before tiers keeps all points, as it always did. */
function policyOf(row: Row): PolicyRow {
  const stored: unknown = JSON.parse(text(row, "settings"));
  const kept: unknown = Object.entries(stored ?? {}).find(([key]) => key === "retentionSeconds")?.[1];
  const asItWas = typeof kept === "number" ? { retention: allPointsFor(kept) } : {};
  const settings: unknown = { ...POLICY_DEFAULT, ...asItWas, ...(typeof stored === "object" ? stored : {}) };
  assert(Check(PolicySettings, settings), "a stored policy was checked before it was stored");
  return { name: text(row, "name"), settings };
}
