import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const LETTERS_MAX = 64 * 1_024;

/**
 * Whether the guest agent behind the socket answers within the limit (QEMU's guest agent: JSON, one message to a line). It is asked with a number
 * of its own, and only its own number counts: an agent first answers what others asked it before.
 */
export async function pingGuestAgent(path: string, limitMs: number): Promise<boolean> {
  const number = Number(process.hrtime.bigint() % 2_000_000_000n);
  const socket = connect({ path });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let heard = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    heard += text;
    if (heard.split("\n").some((line) => isAnswer(line, number))) resolve(true);
    else if (heard.length > LETTERS_MAX) resolve(false);
  });
  socket.once("error", () => resolve(false)).once("close", () => resolve(false));
  // The byte before it ends whatever another asked and did not finish.
  socket.write(
    Buffer.concat([
      Buffer.of(0xff),
      Buffer.from(`${JSON.stringify({ execute: "guest-sync", arguments: { id: number } })}\n`),
    ]),
  );
  const over = new AbortController();
  const limit = delay(limitMs, false, { signal: over.signal }).catch(() => false);
  try {
    return await Promise.race([promise, limit]);
  } finally {
    over.abort();
    socket.destroy();
  }
}

function isAnswer(line: string, number: number): boolean {
  try {
    const message: unknown = JSON.parse(line.replace(/^[^{]*/, ""));
    return typeof message === "object" && message !== null && Reflect.get(message, "return") === number;
  } catch {
    // Not whole yet, or the agent's complaint about the byte before.
    return false;
  }
}
