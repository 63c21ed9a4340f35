import { CONFIG_NAME, invalidDocument, parseSettings } from "@leeward/daemon";
import { type Document, parseDocument } from "yaml";
import { CONFIG_SERVER_SETTINGS, isStateInHome } from "../config.ts";
import type { DatabaseSettings } from "../store/node-open-state.ts";

/** The configuration of a backup with other settings of the database, for each that is not empty; what else it says stays as it was written. */
export function withSettings(config: Uint8Array | undefined, settings: DatabaseSettings): string {
  const text = config === undefined ? "" : new TextDecoder().decode(config);
  const { database, databasePasswordFile, databaseCaFile } = settings;
  if (database !== "" && isStateInHome(database)) return withoutDatabase(text);
  const given = Object.entries({ database, databasePasswordFile, databaseCaFile }).filter(([, value]) => value !== "");
  if (given.length === 0) return text;
  const document = documentOf(text);
  for (const [name, value] of given) document.set(name, value);
  return document.toString();
}

function withoutDatabase(text: string): string {
  const document = documentOf(text);
  const names = ["database", "databasePasswordFile", "databaseCaFile"];
  if (!names.some((name) => document.has(name))) return text;
  for (const name of names) document.delete(name);
  return document.toString();
}

function documentOf(text: string): Document {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw invalidDocument(`${CONFIG_NAME} of the backup is not YAML`, document.errors[0]);
  return document;
}

/** Where the state of a home with this configuration is. @throws Fault `config-invalid`, `setting-unknown`, `setting-invalid` */
export function databaseSettings(home: string, configText: string): DatabaseSettings {
  const document: unknown = configText.trim() === "" ? undefined : parseDocument(configText).toJS();
  return parseSettings(CONFIG_SERVER_SETTINGS, { document, overrides: {}, home });
}
