import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { AGENT_ANSWER_LETTERS_MAX } from "./limits.ts";

/** What is asked of QEMU's guest agent (JSON, one message to a line). */
export interface AgentCommand {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** What it answered: something, a refusal in its own words, or nothing that is an answer within the limit. */
export type AgentAnswer =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "silent" };

const SILENT: AgentAnswer = { kind: "silent" };

/** Whether the guest agent behind the socket answers within the limit. */
export async function pingGuestAgent(path: string, limitMs: number): Promise<boolean> {
  return (await askGuestAgent(path, { execute: "guest-ping" }, limitMs)).kind === "returned";
}

/**
 * Asks the guest agent behind the socket. It is asked for a number of ours first, and only what follows on that counts: an agent first answers what
 * others asked it before.
 */
export async function askGuestAgent(path: string, command: AgentCommand, limitMs: number): Promise<AgentAnswer> {
  const number = Number(process.hrtime.bigint() % 2_000_000_000n);
  const socket = connect({ path });
  const { promise, resolve } = Promise.withResolvers<AgentAnswer>();
  const listener = new Listener(number);
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const answer = listener.hear(text, () => socket.write(`${JSON.stringify(command)}\n`));
    if (answer !== undefined) resolve(answer);
  });
  socket.once("error", () => resolve(SILENT)).once("close", () => resolve(SILENT));
  // The byte before it ends whatever another asked and did not finish.
  const sync = JSON.stringify({ execute: "guest-sync", arguments: { id: number } });
  socket.write(Buffer.concat([Buffer.of(0xff), Buffer.from(`${sync}\n`)]));
  const over = new AbortController();
  const limit = delay(limitMs, SILENT, { signal: over.signal }).catch(() => SILENT);
  try {
    return await Promise.race([promise, limit]);
  } finally {
    over.abort();
    socket.destroy();
  }
}

/** Takes an agent's lines: those before our number, the number, and the answer. */
class Listener {
  readonly #number: number;
  #isSynchronous = false;
  #parts: string[] = [];
  #letters = 0;

  constructor(number: number) {
    this.#number = number;
  }

  hear(text: string, onSynchronous: () => void): AgentAnswer | undefined {
    this.#letters += text.length;
    if (this.#letters > AGENT_ANSWER_LETTERS_MAX) return SILENT;
    this.#parts.push(text);
    if (!text.includes("\n")) return undefined;
    const lines = this.#parts.join("").split("\n");
    this.#parts = [lines.pop() ?? ""];
    for (const line of lines) {
      const answer = agentAnswerOf(line);
      if (this.#isSynchronous && answer !== undefined) return answer;
      if (answer?.kind !== "returned" || answer.value !== this.#number) continue;
      this.#isSynchronous = true;
      onSynchronous();
    }
    return undefined;
  }
}

/** undefined for what is no message, as an agent's complaint about a byte that is none of JSON. */
export function agentAnswerOf(line: string): AgentAnswer | undefined {
  try {
    const message: unknown = JSON.parse(line.replace(/^[^{]*/, ""));
    if (typeof message !== "object" || message === null) return undefined;
    if ("return" in message) return { kind: "returned", value: message.return };
    if (!("error" in message)) return undefined;
    const why: unknown = Reflect.get(Object(message.error), "desc");
    return { kind: "refused", why: typeof why === "string" ? why : "it did not say why" };
  } catch {
    // Not a message.
    return undefined;
  }
}
