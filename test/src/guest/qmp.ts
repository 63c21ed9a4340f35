import { createConnection, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { eventually } from "../harness/eventually.ts";

/** QEMU's own control connection: one command after another, each with its answer; and what QEMU tells by itself, to who waits for it. */
export class Qmp {
  readonly #socket: Socket;
  readonly #waiting: PromiseWithResolvers<unknown>[] = [];
  readonly #events = new Map<string, PromiseWithResolvers<void>>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on("line", (line) => this.#take(JSON.parse(line)));
    const end = (): void => {
      const waiting = [...this.#waiting.splice(0), ...this.#events.values()];
      for (const each of waiting) each.reject(new Error("QEMU ended its control connection"));
    };
    socket.on("error", end).on("close", end);
  }

  /** Connects to a QEMU that may just be starting. */
  static async connect(path: string, isRunning: () => boolean): Promise<Qmp> {
    const socket = await eventually("QEMU listens on its control socket", async () => {
      if (!isRunning()) throw new Error("QEMU ended");
      return connected(path);
    });
    const qmp = new Qmp(socket);
    await qmp.execute("qmp_capabilities");
    return qmp;
  }

  /** What the command returned. Rejects with QEMU's own words when it refused. */
  execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.push(answer);
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    return answer.promise;
  }

  /** Settles when QEMU tells of the next event of that name. Whoever causes it asks before that. */
  next(event: string): Promise<void> {
    const known = this.#events.get(event) ?? Promise.withResolvers<void>();
    this.#events.set(event, known);
    // Who asked may have failed by then, and wait no more.
    known.promise.catch(() => undefined);
    return known.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(message: unknown): void {
    if (typeof message !== "object" || message === null) return;
    if ("return" in message) this.#waiting.shift()?.resolve(message.return);
    else if ("error" in message)
      this.#waiting.shift()?.reject(new Error(`QEMU refused: ${JSON.stringify(message.error)}`));
    else if ("event" in message) {
      this.#events.get(String(message.event))?.resolve();
      this.#events.delete(String(message.event));
    }
  }
}

async function connected(path: string): Promise<Socket | undefined> {
  const socket = createConnection({ path });
  const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
  socket.once("connect", () => resolve(socket)).once("error", () => resolve(undefined));
  return promise;
}
