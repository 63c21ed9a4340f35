import { assert } from "@leeward/base";
import { type SettingTable, sampleFile } from "@leeward/daemon";
import type { Command } from "commander";

/** Loads a daemon's settings table, by the first word of its command. */
const TABLES = {
  "config-server": async () => (await import("@leeward/config-server")).CONFIG_SERVER_SETTINGS,
  "process-server": async () => (await import("@leeward/process-server")).PROCESS_SERVER_SETTINGS,
  "master-target": async () => (await import("@leeward/master-target")).MASTER_TARGET_SETTINGS,
  agent: async () => (await import("@leeward/mobility-agent")).AGENT_SETTINGS,
} as const;

/** The settings of a daemon; its code is loaded for that. */
export function settingTable(name: string): Promise<SettingTable> {
  const table = Object.entries(TABLES).find(([known]) => known === name)?.[1];
  assert(table !== undefined, `${name} is a daemon`);
  return table();
}

/** Adds all settings of a daemon to the help of its command and of `start`; its code is loaded for that. */
export async function addSettingsHelp(program: Command, name: string | undefined): Promise<void> {
  const table = Object.entries(TABLES).find(([known]) => known === name)?.[1];
  const command = program.commands.find((each) => each.name() === name);
  if (table === undefined || command === undefined) return;
  const text = `\nSettings, in HOME/config.yaml; an option of the command line goes before them:\n\n${sampleFile(await table())}`;
  command.addHelpText("after", text);
  command.commands.find((each) => each.name() === "start")?.addHelpText("after", text);
}
