import { Fault } from "@leeward/base";
import { CONFIG_SERVER_SETTINGS, isStateInHome } from "@leeward/config-server/settings";
import { readConfig, runDaemon } from "@leeward/daemon";
import type { Files } from "@leeward/world";
import { childStarter, ownPid } from "./node-child-daemon.ts";
import { ServerSupervisor, type ServerSupervisorOptions } from "./server-supervisor.ts";

const SERVER_HOME_VERSION = 1;

export interface ServerStart extends Omit<ServerSupervisorOptions, "trace" | "startChild" | "pid"> {
  /** What its daemons are started with. */
  readonly executable: string;
}

/** Runs a management server until it is told to stop; the process ends with it. */
export function startServer({ executable, ...start }: ServerStart): Promise<never> {
  const { world, home } = start;
  return runDaemon({
    role: "server",
    home,
    homeVersion: SERVER_HOME_VERSION,
    settings: {},
    overrides: {},
    world,
    run: async ({ trace, signal, ready }) => {
      await requireOwnState(world.files, home);
      const supervisor = await ServerSupervisor.open({
        ...start,
        trace,
        startChild: childStarter(executable),
        pid: ownPid(),
      });
      await supervisor.run(signal, ready);
    },
  });
}

/** A config server that waits for its database would keep what carries the data from being started. @throws Fault `database-not-alone`, and as `readConfig` */
export async function requireOwnState(files: Files, home: string): Promise<void> {
  const place = { files, home: `${home}/config-server`, table: CONFIG_SERVER_SETTINGS, overrides: {} };
  const { database } = await readConfig(place);
  if (isStateInHome(database)) return;
  throw new Fault({
    code: "database-not-alone",
    kind: "operator",
    message: "A management server keeps its state in its home: the setting database is for a config server by itself.",
    remedy: "Take the setting out; or run config server, process server and master target as services of their own.",
    detail: { home: place.home },
  });
}
