import { runDaemon } from "@leeward/daemon";
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
