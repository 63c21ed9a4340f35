import { anySignal, Fault, isFault } from "@leeward/base";
import type { TSchema } from "typebox";
import { Check } from "typebox/value";
import { faultOfBody } from "./error-answer.ts";
import { responseInvalid } from "./error-body.ts";
import type { AnswerOf, CallOf, Route } from "./route.ts";
import { ROUTES, type RouteName, type Routes } from "./routes.ts";
import { isAnswerLost, type Transport, type TransportResponse } from "./transport.ts";
import { withUnknowns } from "./unknown-fields.ts";

/** A longer answer is not believed, bytes. */
const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;
/** How long a call may take beyond what it asks the server to wait, milliseconds. */
const CALL_TIMEOUT_MS = 60_000;

export interface ApiClientOptions {
  readonly transport: Transport;
  /** A token of the API; without one, only routes that need none answer. */
  readonly token?: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** How long the answer may take, milliseconds; 60 s when left out. */
  readonly timeoutMs?: number;
  /** Refuses a change of settings that are no longer those of this tag: `precondition-failed`. */
  readonly ifMatch?: string;
}

/** An answer with what names it, for `ifMatch`; null where the server names none. */
export interface Tagged<T> {
  readonly answer: T;
  readonly tag: string | null;
}

type StreamName = { [N in RouteName]: Routes[N] extends { readonly answer: "stream" } ? N : never }[RouteName];
type BytesName = { [N in RouteName]: Routes[N] extends { readonly takes: "bytes" } ? N : never }[RouteName];
export type CallName = Exclude<RouteName, StreamName>;
interface LooseCall {
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** Calls the routes of the table by their names; what each takes and answers is checked against the table's schemas. */
export class RouteCaller {
  readonly #transport: Transport;
  readonly #token: string | undefined;

  constructor(options: ApiClientOptions) {
    this.#transport = options.transport;
    this.#token = options.token;
  }

  /**
   * Calls one route. Its refusal is the server's own Fault.
   * @throws Fault `server-unreachable`, `server-untrusted`, `call-timed-out`, `response-invalid`, and whatever the server says
   */
  async call<N extends CallName>(
    name: N,
    call: CallOf<Routes[N]> & object & (N extends BytesName ? { readonly body: Uint8Array } : unknown),
    options: CallOptions = {},
  ): Promise<AnswerOf<Routes[N]>> {
    return (await this.#answered(name, call, options)).answer;
  }

  /** As `call`, for who edits what is answered: with its tag. */
  async tagged<N extends Exclude<CallName, BytesName>>(
    name: N,
    call: CallOf<Routes[N]> & object,
    options: CallOptions = {},
  ): Promise<Tagged<AnswerOf<Routes[N]>>> {
    return await this.#answered(name, call, options);
  }

  async #answered<N extends CallName>(
    name: N,
    call: object,
    options: CallOptions,
  ): Promise<Tagged<AnswerOf<Routes[N]>>> {
    const ask = async (headers: Readonly<Record<string, string>>): Promise<Tagged<AnswerOf<Routes[N]>>> => {
      const asked = { ...looseOf(call), headers };
      const { status, body, tag } = await this.#timed(ROUTES[name], asked, options, async (stream, head) => ({
        status: head.status,
        body: parsed(await gathered(stream), head.status),
        tag: head.tag ?? null,
      }));
      if (status !== ROUTES[name].status) throw faultOfBody(body, status);
      return { answer: believed(name, body), tag };
    };
    const { method, role, once }: Route = ROUTES[name];
    const seen: Readonly<Record<string, string>> = options.ifMatch === undefined ? {} : { "if-match": options.ifMatch };
    if (method !== "POST" || role === "none" || once === false) return await ask(seen);
    const headers = { ...seen, "idempotency-key": this.#transport.newKey() };
    return await repeated(
      () => ask(headers),
      (ms) => this.#pause(ms, options.signal),
    );
  }

  /** Calls a route that answers with bytes; `take` is awaited while they come. */
  async stream(
    name: StreamName,
    take: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
    options: CallOptions = {},
  ): Promise<void> {
    await this.#timed(ROUTES[name], {}, { timeoutMs: 3_600_000, ...options }, async (stream, { status }) => {
      if (status !== ROUTES[name].status) throw faultOfBody(parsed(await gathered(stream), status), status);
      await take(stream);
    });
  }

  close(): void {
    this.#transport.close();
  }

  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const over = this.#transport.deadline(ms);
    const either = signal === undefined ? over : anySignal([signal, over]);
    await new Promise<void>((resolve) => {
      either.addEventListener("abort", () => resolve(), { once: true });
      if (either.aborted) resolve();
    });
    signal?.throwIfAborted();
  }

  async #timed<T>(
    route: Route,
    call: LooseCall,
    options: CallOptions,
    take: (stream: AsyncIterable<Uint8Array>, head: Pick<TransportResponse, "status" | "tag">) => Promise<T>,
  ): Promise<T> {
    options.signal?.throwIfAborted();
    const timeout = this.#transport.deadline(options.timeoutMs ?? CALL_TIMEOUT_MS);
    const signal = options.signal === undefined ? timeout : anySignal([options.signal, timeout]);
    const headers = {
      ...call.headers,
      accept: "application/json, application/problem+json",
      ...(call.body === undefined ? {} : { "content-type": isBytes(call.body) ? BYTES_TYPE : "application/json" }),
      ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
    };
    const body = call.body === undefined || isBytes(call.body) ? call.body : JSON.stringify(call.body);
    try {
      const response = await this.#transport.exchange(
        { method: route.method, path: pathOf(route, call), headers, body },
        signal,
      );
      return await take(response.body, response);
    } catch (error) {
      if (timeout.aborted && options.signal?.aborted !== true) throw timedOut(route, error);
      throw error;
    }
  }
}

/** Between the times that a call whose answer was lost is asked for again, milliseconds. */
const REPEAT_AFTER_MS = [250, 500, 1_000, 2_000, 4_000, 8_000] as const;

/**
 * Asks again what was sent and not answered: the server knows the call by its key, and makes it once. What was never sent, or was refused, is not
 * asked for again.
 */
async function repeated<T>(ask: () => Promise<T>, pause: (ms: number) => Promise<void>): Promise<T> {
  let isLost = false;
  for (const pauseMs of REPEAT_AFTER_MS) {
    try {
      return await ask();
    } catch (error) {
      isLost ||= isAnswerLost(error);
      const mayCome = isLost && (isFault(error, "server-unreachable") || isFault(error, "call-under-way"));
      if (!mayCome) throw error;
    }
    await pause(pauseMs);
  }
  return await ask();
}

const BYTES_TYPE = "application/octet-stream";

function isBytes(body: unknown): body is Uint8Array {
  return body instanceof Uint8Array;
}

function looseOf(call: object): LooseCall {
  return { ...call };
}

function pathOf(route: Route, call: LooseCall): string {
  const params = textsOf(call.params);
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params.get(name) ?? ""));
  const query = new URLSearchParams([...textsOf(call.query)]).toString();
  return query === "" ? path : `${path}?${query}`;
}

function textsOf(values: unknown): Map<string, string> {
  const entries = Object.entries(typeof values === "object" && values !== null ? values : {});
  return new Map(entries.filter(([, value]) => value !== undefined).map(([key, value]) => [key, String(value)]));
}

async function gathered(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > RESPONSE_BYTES_MAX)
      throw responseInvalid(`The server answered with more than ${RESPONSE_BYTES_MAX} bytes.`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parsed(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw responseInvalid(`The server answered with status ${status} and a body that is not JSON.`, cause);
  }
}

/** The body, checked against the route's schema: a peer is not believed. */
function believed<N extends CallName>(name: N, body: unknown): AnswerOf<Routes[N]> {
  const answer = withUnknowns(ROUTES[name].response, body);
  if (isAnswer(name, answer)) return answer;
  throw responseInvalid(`The server answered with a body that is not an answer to ${name}.`);
}

function isAnswer<N extends CallName>(name: N, body: unknown): body is AnswerOf<Routes[N]> {
  const schema: TSchema = ROUTES[name].response;
  return Check(schema, body);
}

function timedOut(route: Route, cause: unknown): Fault {
  return new Fault({
    code: "call-timed-out",
    kind: "transient",
    message: `The server did not answer ${route.method} ${route.path} in time.`,
    remedy: "Try again, or give it more time with --timeout.",
    cause,
  });
}
