import { assert } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { text } from "./column.ts";
import type { Database } from "./database.ts";
import { upsert } from "./upsert.ts";

const threshold = Type.Optional(Type.Union([Type.Number(), Type.Null()]));

/** What of a rule is not as it comes. */
export const AlertRuleSettings = Type.Object({
  warning: threshold,
  critical: threshold,
  enabled: Type.Optional(Type.Boolean()),
});
export type AlertRuleSettings = Static<typeof AlertRuleSettings>;

export class AlertRuleRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  put(name: string, settings: AlertRuleSettings): void {
    upsert(this.#database, { table: "alert_rules", key: "name", row: { name, settings: JSON.stringify(settings) } });
  }

  /** By the rule's name. */
  all(): ReadonlyMap<string, AlertRuleSettings> {
    return new Map(
      this.#database.all("SELECT * FROM alert_rules ORDER BY name").map((row) => {
        const settings: unknown = JSON.parse(text(row, "settings"));
        assert(Check(AlertRuleSettings, settings), "a rule's settings were checked before they were stored");
        return [text(row, "name"), settings] as const;
      }),
    );
  }
}
