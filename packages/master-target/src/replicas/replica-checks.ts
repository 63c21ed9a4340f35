// What is looked for on a replica machine, as evidence that it works: each check by itself, all side by side.
import { isFault, orAborted } from "@leeward/base";
import type { CheckReplica, ReplicaCheck, ReplicaCheckResult, StartReplica } from "@leeward/proto";
import {
  agentCheck,
  type CheckResult,
  consoleCheck,
  httpCheck,
  type MachineCheckOptions,
  scriptCheck,
  tcpCheck,
} from "@leeward/recovery-host";
import { CHECK_SAID_LETTERS_MAX } from "../limits.ts";
import { checkScriptPath } from "./node-check-script.ts";

export interface ReplicaChecksOptions extends MachineCheckOptions {
  readonly asked: StartReplica;
  /** Where scripts lie that a check may name. */
  readonly scriptFolder: string;
}

/** In the order in which they were asked for; rejects when the signal aborts. */
export async function checkReplica(
  { checks }: CheckReplica,
  options: ReplicaChecksOptions,
): Promise<ReplicaCheckResult[]> {
  const results = await orAborted(Promise.all(checks.map((check) => resultOf(check, options))), options.signal);
  return results.map(({ ok, seconds, said }) => ({ ok, seconds, said: said.slice(-CHECK_SAID_LETTERS_MAX) }));
}

async function resultOf(check: ReplicaCheck, options: ReplicaChecksOptions): Promise<CheckResult> {
  const { host, id } = options;
  switch (check.kind) {
    case "console":
      // No text is no pattern: that would be found at every console.
      return check.text === "" ? consoleCheck(options) : consoleCheck(options, literally(check.text));
    case "agent":
      return agentCheck(options);
    case "tcp":
      return orRefused(check, async () => {
        const endpoint = await host.endpoint(id, check.port);
        return tcpCheck(options, { endpoint, hasAccepted: () => host.hasAccepted(id, check.port) });
      });
    case "http":
      return orRefused(check, async () => {
        const { host: name, port } = await host.endpoint(id, check.port);
        return httpCheck(options, { url: `http://${name}:${port}${check.text}` });
      });
    case "script":
      return orRefused(check, async () => {
        const path = await checkScriptPath(options.scriptFolder, check.text);
        return scriptCheck(options, { path, environment: await environmentOf(options) });
      });
    default:
      return check.kind satisfies never;
  }
}

/** What keeps a check from being made at all fails it, with why; nothing that fails one check keeps the others from being made. */
async function orRefused({ kind }: ReplicaCheck, work: () => Promise<CheckResult>): Promise<CheckResult> {
  try {
    return await work();
  } catch (error) {
    if (!isFault(error)) throw error;
    return { name: kind, ok: false, seconds: 0, said: error.message };
  }
}

/** The text as it stands, wherever it is. */
function literally(text: string): RegExp {
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
}

/** What a script may know: whose machine it is, and where its ports are reached. */
async function environmentOf({ host, id, asked }: ReplicaChecksOptions): Promise<Record<string, string>> {
  const environment: Record<string, string> = { LEEWARD_MACHINE: asked.machineName, LEEWARD_FAILOVER: id };
  for (const port of asked.nics.flatMap(({ forwards }) => forwards)) {
    const { host: name, port: at } = await host.endpoint(id, port);
    environment[`LEEWARD_PORT_${port}`] = `${name}:${at}`;
  }
  return environment;
}
