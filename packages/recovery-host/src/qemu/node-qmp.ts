import { createConnection, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { QMP_MESSAGE_BYTES_MAX, QMP_MS_MAX } from "../limits.ts";
import { replicaSilent } from "../replica-faults.ts";

const NEWLINE = 0x0a;
const AGAIN_MS = 20;

/** QEMU refused a command, in its own words. */
export class QmpRefusal extends Error {
  override readonly name = "QmpRefusal";
}

/** When QEMU said that something happened, microseconds since 1970, by name. */
type EventTimes = Map<string, number>;

/**
 * QEMU's control connection (QMP; docs/interop/qmp-spec.txt of QEMU): one command after another, each with its answer. QEMU serves one at a
 * time. What it says is not believed to be well-formed, short, or in time: the guest may have taken it over.
 */
export class Qmp implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #waiting: PromiseWithResolvers<unknown>[] = [];
  readonly #eventMicros: EventTimes = new Map();
  #rest: Buffer = Buffer.alloc(0);
  #ended: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#end(error));
    socket.on("close", () => this.#end(new Error("QEMU ended its control connection")));
  }

  /** Connects to a QEMU that listens. @throws Fault `replica-silent` */
  static async connect(path: string): Promise<Qmp> {
    const socket = createConnection({ path });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once("connect", resolve).once("error", reject);
    try {
      await inTime("the connection", promise);
      const qmp = new Qmp(socket);
      await qmp.execute("qmp_capabilities");
      return qmp;
    } catch (cause) {
      socket.destroy();
      throw cause instanceof Error && cause.name === "Fault" ? cause : replicaSilent("its control socket", cause);
    }
  }

  /** What the command returned. @throws QmpRefusal; Fault `replica-silent` */
  async execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    if (this.#ended !== undefined) throw replicaSilent(command, this.#ended);
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.push(answer);
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    return await inTime(command, answer.promise);
  }

  /** When QEMU told of the event on this connection, microseconds since 1970. */
  eventMicros(event: string): number | undefined {
    return this.#eventMicros.get(event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once("close", () => resolve());
    if (this.#socket.closed) return;
    this.#socket.destroy();
    await promise;
  }

  #take(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE)) {
      this.#hear(bytes.subarray(0, end).toString("utf8"));
      bytes = bytes.subarray(end + 1);
    }
    this.#rest = bytes;
    if (bytes.length > QMP_MESSAGE_BYTES_MAX) this.#end(new Error("QEMU says more than it may in one message"));
  }

  #hear(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error("QEMU says what is no JSON"));
      return;
    }
    if (typeof message !== "object" || message === null) return;
    if ("return" in message) this.#waiting.shift()?.resolve(message.return);
    else if ("error" in message) this.#waiting.shift()?.reject(new QmpRefusal(JSON.stringify(message.error)));
    else if ("event" in message && "timestamp" in message) {
      // Of names that QEMU has there are some dozens.
      if (this.#eventMicros.size < 1_000) this.#eventMicros.set(String(message.event), microsOf(message.timestamp));
    }
  }

  #end(cause: Error): void {
    this.#ended ??= cause;
    this.#socket.destroy();
    for (const each of this.#waiting.splice(0)) each.reject(replicaSilent("a command", cause));
  }
}

function microsOf(timestamp: unknown): number {
  if (typeof timestamp !== "object" || timestamp === null) return 0;
  const seconds: unknown = Reflect.get(timestamp, "seconds");
  const micros: unknown = Reflect.get(timestamp, "microseconds");
  return (typeof seconds === "number" ? seconds : 0) * 1_000_000 + (typeof micros === "number" ? micros : 0);
}

async function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  const over = new AbortController();
  const limit = delay(QMP_MS_MAX, undefined, { signal: over.signal }).then(
    () => Promise.reject(replicaSilent(`${what} took longer than ${QMP_MS_MAX / 1_000} s`)),
    () => promise,
  );
  try {
    return await Promise.race([promise, limit]);
  } finally {
    over.abort();
  }
}

/** Connects as soon as QEMU listens; undefined when it ended, or did not listen within the limit. */
export async function connectWhenUp(
  path: string,
  isRunning: () => Promise<boolean>,
  limitMs: number,
): Promise<Qmp | undefined> {
  const until = performance.now() + limitMs;
  for (;;) {
    try {
      return await Qmp.connect(path);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "Fault") throw error;
      if (!(await isRunning()) || performance.now() > until) return undefined;
    }
    await delay(AGAIN_MS);
  }
}
