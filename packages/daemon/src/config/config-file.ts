import { type Files, readFile } from "@leeward/world";
import { parse } from "yaml";
import { invalidDocument, parseSettings, type RawSettings } from "./parse-settings.ts";
import type { SettingsOf, SettingTable } from "./setting.ts";

export const CONFIG_NAME = "config.yaml";
/** A longer configuration is not believed, bytes. */
const CONFIG_BYTES_MAX = 1024 * 1024;

export interface ConfigSource<T extends SettingTable> {
  readonly files: Files;
  readonly home: string;
  readonly table: T;
  readonly overrides: RawSettings["overrides"];
}

/**
 * Reads HOME/config.yaml (there may be none) and checks it against the table, under the overrides of the command line.
 * @throws Fault `config-invalid`, `setting-unknown`, `setting-invalid`, `file-too-large`
 */
export async function readConfig<T extends SettingTable>(source: ConfigSource<T>): Promise<SettingsOf<T>> {
  const { files, home, table, overrides } = source;
  return parseSettings(table, { document: await readDocument(files, `${home}/${CONFIG_NAME}`), overrides, home });
}

async function readDocument(files: Files, path: string): Promise<unknown> {
  if ((await files.status(path)) === undefined) return undefined;
  const text = new TextDecoder().decode(await readFile(files, path, CONFIG_BYTES_MAX));
  try {
    const document: unknown = parse(text, { maxAliasCount: 0, uniqueKeys: true });
    return document;
  } catch (cause) {
    throw invalidDocument(`${path} is not YAML`, cause);
  }
}
