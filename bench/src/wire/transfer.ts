/** What both processes of the measurement know. */
export const MESSAGE_BYTES = 1024 * 1024;
export const MESSAGES = 3_000;

export type Way = "tls" | "session";

/** What the receiver tells: first its port, then the CPU seconds that it used. */
export interface Report {
  readonly value: number;
}

export function isReport(message: unknown): message is Report {
  return typeof message === "object" && message !== null && "value" in message && typeof message.value === "number";
}
