import { Fault } from "@leeward/base";
import { isRooted } from "@leeward/world";
import { parseNumber, type Setting, type SettingsOf, type SettingTable } from "./setting.ts";

/** What the file and the command line say, before it is checked. */
export interface RawSettings {
  /** The document of config.yaml; undefined or null when there is none. */
  readonly document: unknown;
  /** From the command line, by key; they win over the file. */
  readonly overrides: Readonly<Record<string, string | readonly string[] | number | boolean>>;
  /** The folder that relative paths are taken from. */
  readonly home: string;
}

/**
 * The settings of `table`: overrides, else the file, else the fallback.
 * @throws Fault `setting-unknown`, `setting-invalid`, `config-invalid`, each naming the key
 */
export function parseSettings<T extends SettingTable>(table: T, raw: RawSettings): SettingsOf<T> {
  const said = { ...documentEntries(raw.document), ...raw.overrides };
  for (const key of Object.keys(said)) {
    if (!Object.hasOwn(table, key)) throw unknownSetting(table, key);
  }
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(table)) {
    values[key] = Object.hasOwn(said, key) ? valueOf({ key, setting, home: raw.home }, said[key]) : fallbackOf(setting);
  }
  if (hasAll(table, values)) return values;
  throw invalidDocument("it lacks a setting");
}

function hasAll<T extends SettingTable>(table: T, values: object): values is SettingsOf<T> {
  return Object.keys(table).every((key) => Object.hasOwn(values, key));
}

function fallbackOf(setting: Setting): unknown {
  return setting.fallback;
}

function documentEntries(document: unknown): Record<string, unknown> {
  if (document === undefined || document === null) return {};
  if (typeof document !== "object" || Array.isArray(document)) throw invalidDocument("it is not a map of settings");
  return { ...document };
}

interface Asked {
  readonly key: string;
  readonly setting: Setting;
  readonly home: string;
}

function valueOf(asked: Asked, said: unknown): unknown {
  switch (asked.setting.type) {
    case "number":
      return numberOf(asked, asked.setting, said);
    case "text":
    case "path":
      return textOf(asked, asked.setting, said);
    case "texts":
    case "paths":
      return listOf(asked, asked.setting, said);
    case "flag":
      return flagOf(asked, said);
  }
}

function numberOf(asked: Asked, setting: Extract<Setting, { type: "number" }>, said: unknown): number {
  const { min, max } = setting;
  const value = typeof said === "string" ? parseNumber(said) : said;
  const whole = Number.isInteger(min) && Number.isInteger(setting.fallback);
  if (typeof value !== "number" || Number.isNaN(value)) throw invalid(asked, "is not a number");
  if (whole && !Number.isInteger(value)) throw invalid(asked, "is not a whole number");
  if (value < min || value > max) throw invalid(asked, `is not between ${min} and ${max}`);
  return value;
}

function textOf(asked: Asked, setting: Extract<Setting, { type: "text" | "path" }>, said: unknown): string {
  if (typeof said !== "string") throw invalid(asked, "is not a text");
  if (said.length > setting.max) throw invalid(asked, `has more than ${setting.max} characters`);
  if (setting.values !== undefined && !setting.values.includes(said)) {
    throw invalid(asked, `is not one of ${setting.values.join(", ")}`);
  }
  return setting.type === "path" ? absolute(said, asked.home) : said;
}

function listOf(
  asked: Asked,
  setting: Extract<Setting, { type: "texts" | "paths" }>,
  said: unknown,
): readonly string[] {
  const items: unknown[] = Array.isArray(said) ? said : [said];
  if (items.length > setting.max) throw invalid(asked, `has more than ${setting.max} items`);
  return items.map((item) => {
    if (typeof item !== "string" || item === "") throw invalid(asked, "has an item that is not a text");
    return setting.type === "paths" ? absolute(item, asked.home) : item;
  });
}

function flagOf(asked: Asked, said: unknown): boolean {
  if (typeof said === "boolean") return said;
  if (said === "true" || said === "false") return said === "true";
  throw invalid(asked, "is neither true nor false");
}

function absolute(path: string, home: string): string {
  return path === "" || isRooted(path) ? path : `${home}/${path}`;
}

function invalid({ key }: Asked, what: string): Fault {
  return new Fault({
    code: "setting-invalid",
    kind: "operator",
    message: `The setting ${key} ${what}.`,
    remedy: "Correct it in `config.yaml` or on the command line; the daemon's `--help` names bounds and unit.",
    detail: { key },
  });
}

function unknownSetting(table: SettingTable, key: string): Fault {
  return new Fault({
    code: "setting-unknown",
    kind: "operator",
    message: `There is no setting ${JSON.stringify(key)}; there are ${Object.keys(table).join(", ")}.`,
    remedy: "Correct its spelling; the message lists those that exist.",
    detail: { key },
  });
}

export function invalidDocument(what: string, cause?: unknown): Fault {
  return new Fault({
    code: "config-invalid",
    kind: "operator",
    message: `The configuration cannot be used: ${what}.`,
    remedy: "Correct the line that the message names; `--help` of the daemon lists its settings.",
    cause,
  });
}
