import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { Fault } from "@leeward/base";
import type { ServiceState, ServiceWrapper } from "./service-wrapper.ts";
import { SERVICE_ID } from "./winsw-definition.ts";

const run = promisify(execFile);
const CALL_MS_MAX = 120_000;
const SAID_CHARACTERS = 1_000;
/** As WinSW 2 says it. */
const STATES: Readonly<Record<string, ServiceState>> = {
  NonExistent: "absent",
  Stopped: "stopped",
  Started: "running",
};

/** WinSW 2 in a folder, beside its definition. */
export function winswIn(folder: string): ServiceWrapper {
  const path = `${folder}/${SERVICE_ID}.exe`;
  const call = async (verb: string): Promise<string> => {
    try {
      return (await run(path, [verb], { timeout: CALL_MS_MAX, cwd: folder, windowsHide: true })).stdout;
    } catch (cause) {
      throw refused(verb, cause);
    }
  };
  return {
    async state() {
      // No service of ours without it.
      if (!existsSync(path)) return "absent";
      const said = (await call("status")).trim();
      const state = STATES[said];
      if (state === undefined) throw refused("status", new Error(`it said ${JSON.stringify(said)}`));
      return state;
    },
    install: async () => void (await call("install")),
    uninstall: async () => void (await call("uninstall")),
    start: async () => void (await call("start")),
    stop: async () => void (await call("stopwait")),
  };
}

function refused(verb: string, cause: unknown): Fault {
  const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim() : "";
  const why = said === "" ? String(cause) : said;
  return new Fault({
    code: "service-refused",
    kind: "operator",
    message: `WinSW could not do ${JSON.stringify(verb)}: ${why.slice(-SAID_CHARACTERS)}`,
    remedy: "Run it as Administrator; see Windows' event log, and `leeward-agent.wrapper.log` beside WinSW.",
    detail: { verb },
    cause,
  });
}
