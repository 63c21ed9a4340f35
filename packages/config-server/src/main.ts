import { hostname } from "node:os";
import { advertisedEndpoint, type Migration, type RawSettings, runDaemon, type TraceLevel } from "@leeward/daemon";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom, replaceFile } from "@leeward/world";
import { type Restore, restoreBackup } from "./backup/node-backup.ts";
import { CONFIG_SERVER_SETTINGS } from "./config.ts";
import { runConfigServer } from "./config-server.ts";

export const CONFIG_SERVER_ROLE = "config-server";
const HOME_VERSION = 1;
const MIGRATIONS: readonly Migration[] = [];

export interface StartOptions {
  /** An absolute path. */
  readonly home: string;
  readonly softwareVersion: string;
  /** Where the console was built into. */
  readonly consoleFolder?: string;
  readonly overrides: RawSettings["overrides"];
  readonly traceLevel?: TraceLevel;
}

/** Runs a config server in this process until it is told to stop; the process ends with it. */
export async function startConfigServer(options: StartOptions): Promise<never> {
  const world = {
    clock: nodeClock,
    random: nodeRandom,
    files: nodeFiles({ io: "thread-pool" }),
    compute: nodeCompute(),
  };
  return runDaemon({
    role: CONFIG_SERVER_ROLE,
    home: options.home,
    homeVersion: HOME_VERSION,
    migrations: MIGRATIONS,
    settings: CONFIG_SERVER_SETTINGS,
    overrides: options.overrides,
    world,
    ...(options.traceLevel !== undefined && { traceLevel: options.traceLevel }),
    run: async (context) => {
      const { home, config, trace, metrics, signal } = context;
      const { softwareVersion, consoleFolder } = options;
      const machineNames = [hostname(), "localhost", "127.0.0.1", "::1"];
      const waiting = (database: string): void =>
        context.waiting(`Another server has the ${database}; this one takes over when it has gone.`);
      const server = { world, trace, home, config, metrics, softwareVersion, machineNames, consoleFolder, waiting };
      await runConfigServer(server, signal, async ({ endpoint, caFingerprint }) => {
        await context.ready({ apiUrl: urlOf(config.value, endpoint.port), caFingerprint });
      });
    },
  });
}

/** Makes a home from a backup: of the installation as it was, or of a further server of the one in the database. @throws as `restoreBackup` */
export async function restoreConfigServer(options: Omit<Restore, "writeFormat">): Promise<void> {
  const files = nodeFiles({ io: "thread-pool" });
  const format = new TextEncoder().encode(`${JSON.stringify({ role: CONFIG_SERVER_ROLE, version: HOME_VERSION })}\n`);
  await restoreBackup(files, {
    ...options,
    writeFormat: () => replaceFile(files, options.home, "format.json", format),
  });
}

/** Where people on this machine and elsewhere find the API: the first name that is advertised, else the address, else this machine. */
function urlOf(settings: { readonly advertise: readonly string[]; readonly listen: string }, port: number): string {
  const anywhere = settings.listen === "0.0.0.0" || settings.listen === "::";
  const listening = { host: anywhere ? "127.0.0.1" : settings.listen, port };
  const endpoint = advertisedEndpoint(settings.advertise, listening);
  return `https://${endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}
