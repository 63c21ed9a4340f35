import type { RecoveryHost } from "../recovery-host.ts";
import { type CheckOptions, type CheckResult, checkUntil } from "./check.ts";

export interface MachineCheckOptions extends CheckOptions {
  readonly host: RecoveryHost;
  readonly id: string;
}

/** What a login prompt on a console looks like. */
export const LOGIN_PROMPT = /(^|\n)[^\n]*login: ?$/;
const PING_MS_MAX = 5_000;

/** Passes when the machine's console shows what is looked for: its login prompt, or a line that its own software writes there. */
export function consoleCheck(options: MachineCheckOptions, pattern: RegExp = LOGIN_PROMPT): Promise<CheckResult> {
  const { host, id } = options;
  return checkUntil("console", options, async () => {
    const text = await host.console(id);
    pattern.lastIndex = 0;
    return { ok: pattern.test(text), said: text };
  });
}

/** Passes when the guest agent answers. */
export function agentCheck(options: MachineCheckOptions): Promise<CheckResult> {
  const { host, id } = options;
  return checkUntil("guest-agent", options, async (leftMs) => {
    const ok = await host.pingAgent(id, Math.min(leftMs, PING_MS_MAX));
    return { ok, said: ok ? "the guest agent answered" : "the guest agent did not answer" };
  });
}
