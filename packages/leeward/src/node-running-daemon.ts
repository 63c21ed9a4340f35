import { Fault } from "@leeward/base";
import type { CliHost } from "@leeward/cli";
import type { ReadyFacts } from "@leeward/daemon";
import { readFile } from "@leeward/world";

/** As every daemon names it; the daemons' own code is not loaded for a status. */
const READY_NAME = "ready.json";
const READY_BYTES_MAX = 65_536;
const EVERY_MS = 100;

/** What the daemon of `home` said when it became ready; undefined when none runs there. */
export async function readyFactsOf(host: CliHost, home: string): Promise<ReadyFacts | undefined> {
  const path = `${home}/${READY_NAME}`;
  if ((await host.files.status(path)) === undefined) return undefined;
  const facts: unknown = JSON.parse(new TextDecoder().decode(await readFile(host.files, path, READY_BYTES_MAX)));
  return isReadyFacts(facts) && isAlive(facts.pid) ? facts : undefined;
}

/**
 * Asks the daemon of `home` to drain and end, and waits until it has.
 * @throws Fault `daemon-not-running`, `stop-timed-out`
 */
export async function stopDaemon(host: CliHost, home: string, timeoutSeconds: number): Promise<ReadyFacts> {
  const facts = await readyFactsOf(host, home);
  if (facts === undefined) throw notRunning(home);
  const { askToStop } = await import("@leeward/daemon");
  await askToStop(home, facts.pid);
  const until = host.clock.monotonicMicros() + timeoutSeconds * 1e6;
  while (isAlive(facts.pid)) {
    if (host.clock.monotonicMicros() > until) {
      throw new Fault({
        code: "stop-timed-out",
        kind: "transient",
        message: `The ${facts.role} (process ${facts.pid}) has not ended within ${timeoutSeconds} s; it is still draining.`,
        remedy: "Wait and look again with `status`; it ends by itself after 30 s at most.",
        detail: { pid: facts.pid, home },
      });
    }
    await host.clock.sleep(EVERY_MS, host.signal);
  }
  return facts;
}

export function notRunning(home: string): Fault {
  return new Fault({
    code: "daemon-not-found",
    kind: "operator",
    message: `No daemon runs in ${home}.`,
    remedy: "Give the right `--home`, or start the daemon.",
    detail: { home },
  });
}

function isReadyFacts(facts: unknown): facts is ReadyFacts {
  return (
    typeof facts === "object" && facts !== null && "pid" in facts && typeof facts.pid === "number" && "role" in facts
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
