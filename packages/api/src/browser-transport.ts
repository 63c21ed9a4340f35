import { Fault } from "@leeward/base";
import { SUCCESSOR_HEADER, type Transport, type TransportRequest, type TransportResponse } from "./transport.ts";

/** Says, with a sign-in's cookie, that the page itself calls and no other: its value is the sign-in's `csrfToken`. */
export const CSRF_HEADER = "leeward-csrf";
/** Says that the page calls by itself. */
export const BACKGROUND_HEADER = "leeward-background";

export interface BrowserTransportOptions {
  /** The present sign-in's token; undefined before there is a sign-in. Asked at each call. */
  readonly csrfToken: () => string | undefined;
  /** Whether the page calls by itself, with nobody before it: such a call keeps nobody signed in. Asked at each call. */
  readonly isBackground?: () => boolean;
  /** Takes what the header Date of each answer says. */
  readonly onDate?: (date: string) => void;
}

/** To the server that the page came from, with its cookie. It is the browser that verifies the server's certificate. */
export function browserTransport(options: BrowserTransportOptions): Transport {
  const { csrfToken, isBackground = () => false, onDate = () => undefined } = options;
  return {
    exchange: (request, signal) => {
      const headers = isBackground() ? { ...request.headers, [BACKGROUND_HEADER]: "1" } : request.headers;
      return exchange({ ...request, headers }, { csrfToken: csrfToken(), onDate }, signal);
    },
    deadline: (timeoutMs) => AbortSignal.timeout(timeoutMs),
    newKey: () => crypto.randomUUID(),
    close: () => undefined,
  };
}

async function exchange(
  { method, path, headers, body }: TransportRequest,
  { csrfToken, onDate }: Required<Pick<BrowserTransportOptions, "onDate">> & { csrfToken: string | undefined },
  signal: AbortSignal,
): Promise<TransportResponse> {
  const proof: Readonly<Record<string, string>> =
    csrfToken === undefined || method === "GET" ? {} : { [CSRF_HEADER]: csrfToken };
  try {
    const response = await fetch(path, {
      method,
      headers: { ...headers, ...proof },
      ...(body !== undefined && { body: typeof body === "string" ? body : new Uint8Array(body) }),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal,
    });
    const successor = response.headers.get(SUCCESSOR_HEADER);
    const tag = response.headers.get("etag");
    const date = response.headers.get("date");
    if (date !== null) onDate(date);
    return {
      status: response.status,
      ...(successor !== null && { successor }),
      ...(tag !== null && { tag }),
      body: chunksOf(response, signal),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(error);
  }
}

/** By a reader: not every browser iterates over a stream. */
async function* chunksOf({ body }: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const read: { readonly done: boolean; readonly value: unknown } = await reader.read();
      if (read.done) return;
      if (read.value instanceof Uint8Array) yield read.value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(error);
  } finally {
    reader.releaseLock();
  }
}

function unreachable(cause: unknown): Fault {
  return new Fault({
    code: "server-unreachable",
    kind: "transient",
    message: "The server cannot be reached.",
    remedy: "Check that the server runs, and that nothing between stops the connection.",
    // A browser does not say how far the request came.
    detail: { answerLost: true },
    cause,
  });
}
