// Runs a script inside of a machine, through its guest agent. The agent runs programs and gives no files: a shell keeps the script in a file of its own for as long
// as it runs, and `timeout` of the guest ends it with all that it started in its process group. What a guest answers is a stranger's.
import { type Fault, MICROS_PER_MS, MICROS_PER_SECOND } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { AGENT_EVERY_MS, AGENT_MS_MAX, SCRIPT_OUTPUT_BYTES_MAX } from "./limits.ts";
import type { AgentAnswer, AgentCommand } from "./node-guest-agent.ts";
import { guestAgentRefused, guestAgentSilent, guestScriptLost } from "./replica-faults.ts";

export interface GuestScript {
  /** An executable for the guest: with an interpreter in its first line, or a program. */
  readonly content: Uint8Array;
  readonly environment: Readonly<Record<string, string>>;
  /** For the agent to be there, and again for the script. */
  readonly limitSeconds: number;
}

/** How it ended, as a shell has it: 124 at its limit, 128 and more when it was ended by a signal. */
export interface GuestScriptEnd {
  readonly exitCode: number;
  /** What it said, the end of it. */
  readonly said: string;
}

export interface GuestScriptMeans {
  readonly id: string;
  readonly clock: Clock;
  readonly ask: (command: AgentCommand, limitMs: number) => Promise<AgentAnswer>;
  readonly signal: AbortSignal;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SHELL = `f=$(mktemp /var/tmp/leeward.XXXXXX) || exit 126
trap 'rm -f "$f"' EXIT
cat > "$f" && chmod 700 "$f" || exit 126
timeout -k 5 "$1" "$f" < /dev/null`;
const KILL_SECONDS = 5;

/**
 * Settles when the script has ended. When the signal aborts, or nobody answers any more, it goes on by itself until its limit.
 * @throws Fault `guest-agent-silent`, `guest-agent-refused`, `guest-script-lost`
 */
export async function runGuestScript(means: GuestScriptMeans, script: GuestScript): Promise<GuestScriptEnd> {
  const { ask, id } = means;
  await untilThere(means, script.limitSeconds);
  const begun = await ask(execution(script), AGENT_MS_MAX);
  if (begun.kind !== "returned")
    throw begun.kind === "refused" ? guestAgentRefused(id, begun.why) : guestScriptLost(id);
  const pid = Reflect.get(Object(begun.value), "pid") as unknown;
  if (typeof pid !== "number") throw guestAgentRefused(id, "it did not say as what the script runs");
  return await endOf(means, pid, script.limitSeconds);
}

/** A machine that boots has no agent yet. */
async function untilThere({ clock, ask, id, signal }: GuestScriptMeans, limitSeconds: number): Promise<void> {
  const until = clock.monotonicMicros() + limitSeconds * MICROS_PER_SECOND;
  for (;;) {
    signal.throwIfAborted();
    const leftMs = (until - clock.monotonicMicros()) / MICROS_PER_MS;
    if (leftMs <= 0) throw guestAgentSilent(id);
    const answer = await ask({ execute: "guest-ping" }, Math.min(leftMs, AGENT_MS_MAX));
    if (answer.kind === "returned") return;
    await clock.sleep(AGENT_EVERY_MS, signal);
  }
}

function execution({ content, environment, limitSeconds }: GuestScript): AgentCommand {
  const env = Object.entries({ PATH, LC_ALL: "C", ...environment }).map(([name, value]) => `${name}=${value}`);
  return {
    execute: "guest-exec",
    arguments: {
      path: "/bin/sh",
      arg: ["-c", SHELL, "leeward", String(limitSeconds)],
      env,
      "input-data": Buffer.from(content).toString("base64"),
      "capture-output": true,
    },
  };
}

async function endOf(
  { clock, ask, id, signal }: GuestScriptMeans,
  pid: number,
  limitSeconds: number,
): Promise<GuestScriptEnd> {
  const until =
    clock.monotonicMicros() + (limitSeconds + KILL_SECONDS) * MICROS_PER_SECOND + AGENT_MS_MAX * MICROS_PER_MS;
  while (clock.monotonicMicros() < until) {
    await clock.sleep(AGENT_EVERY_MS, signal);
    const answer = await ask({ execute: "guest-exec-status", arguments: { pid } }, AGENT_MS_MAX);
    // Another agent, as after a boot of the guest, knows nothing of it.
    if (answer.kind === "refused") throw guestScriptLost(id);
    if (answer.kind === "silent" || Reflect.get(Object(answer.value), "exited") !== true) continue;
    return endIn(answer.value, () => guestScriptLost(id));
  }
  throw guestScriptLost(id);
}

function endIn(value: unknown, lost: () => Fault): GuestScriptEnd {
  const field = (name: string): unknown => Reflect.get(Object(value), name);
  const [code, by] = [field("exitcode"), field("signal")];
  const exitCode = typeof code === "number" ? code : typeof by === "number" ? 128 + by : undefined;
  if (exitCode === undefined) throw lost();
  const said = ["out-data", "err-data"]
    .map(field)
    .map((data) => (typeof data === "string" ? Buffer.from(data, "base64") : Buffer.of()));
  const text = said.map((each) => each.subarray(-SCRIPT_OUTPUT_BYTES_MAX).toString("utf8")).join("");
  return { exitCode, said: text.trim() };
}
