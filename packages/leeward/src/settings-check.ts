// What keeps a daemon from starting and is known beforehand: its settings, of HOME/config.yaml and of the command line. A service manager asks before it
// starts one, so that a mistake is told as such, and is not tried again and again.

import { type CommandContext, printDocument } from "@leeward/cli";
import { type RawSettings, readConfig, type SettingTable, serverEndpoints } from "@leeward/daemon";
import { settingTable } from "./settings-help.ts";

export interface SettingsCheck {
  /** "agent", "config-server", …, or "server" for all of a management server. */
  readonly role: string;
  /** Absolute. */
  readonly home: string;
  readonly overrides: RawSettings["overrides"];
}

const SERVERS = ["config-server", "process-server", "master-target"];

/** Says that the settings are right. @throws Fault of the first that is not, as the daemon's start would */
export async function checkSettings(context: CommandContext, { role, home, overrides }: SettingsCheck): Promise<void> {
  if (role === "server") {
    await (await import("./supervisor/start-server.ts")).requireOwnState(context.host.files, home);
    for (const each of SERVERS)
      await check(context.host, { role: each, home: `${home}/${each}`, overrides: {} }, false);
  } else {
    await check(context.host, { role, home, overrides }, true);
  }
  // An agent that is to be replaced asks its successor.
  const homeFormat = role === "agent" ? (await import("@leeward/mobility-agent")).AGENT_HOME_FORMAT : null;
  printDocument(
    context,
    { role, home, state: "valid" as const, homeFormat },
    () => `The settings of ${home} are valid.`,
  );
}

async function check(host: CommandContext["host"], asked: SettingsCheck, needsServer: boolean): Promise<void> {
  const { role, home, overrides } = asked;
  const table: SettingTable = await settingTable(role);
  const settings: Readonly<Record<string, unknown>> = await readConfig({ files: host.files, home, table, overrides });
  if (typeof settings["database"] === "string") {
    const { isStateInHome, parseDatabaseUrl } = await import("@leeward/config-server");
    if (!isStateInHome(settings["database"])) parseDatabaseUrl(settings["database"]);
  }
  // A management server tells its daemons where it is.
  if (needsServer && typeof settings["server"] === "string") serverEndpoints(settings["server"]);
}
