import { isFault } from "@leeward/base";

/** One HTTP exchange, as the client needs it. */
export interface TransportRequest {
  readonly method: string;
  /** Path and query, from the root on. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** Names, in an answer, the authority that is to follow the present one: SHA-256 of its certificate, hex. */
export const SUCCESSOR_HEADER = "leeward-authority";

export interface TransportResponse {
  readonly status: number;
  /** What SUCCESSOR_HEADER says. */
  readonly successor?: string;
  /** The entity tag, as the header ETag says it. */
  readonly tag?: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Whether the fault is of a request that the server may have taken: it was on its way when the connection ended. */
export function isAnswerLost(error: unknown): boolean {
  return isFault(error, "server-unreachable") && error.detail["answerLost"] === true;
}

/**
 * HTTPS to one server whose certificate is always verified.
 * @throws Fault `server-unreachable`, `server-untrusted`
 */
export interface Transport {
  exchange(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse>;
  /** A random text that no other call has: for `Idempotency-Key`. */
  newKey(): string;
  /** A signal that aborts after so many milliseconds. */
  deadline(timeoutMs: number): AbortSignal;
  close(): void;
}
