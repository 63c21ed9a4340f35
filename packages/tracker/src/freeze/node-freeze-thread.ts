import { Worker } from "node:worker_threads";
import { assert } from "@leeward/base";
import { holderLost } from "./freeze-faults.ts";
import type { FromHolder, HoldEnd, HoldOrder } from "./freeze-messages.ts";

interface Hold {
  readonly onFrozen: () => void;
  readonly resolve: (end: HoldEnd) => void;
  readonly reject: (reason: unknown) => void;
}

/** The thread that freezes, as the main thread sees it: one hold at a time. It keeps the process going only while it holds. */
export class FreezeThread {
  readonly #worker = new Worker(new URL("./node-freeze-worker.ts", import.meta.url), { name: "freezer" });
  #hold: Hold | undefined;
  #hasEnded = false;

  constructor() {
    this.#worker.on("message", (message: FromHolder) => this.#receive(message));
    this.#worker.on("error", (cause) => this.#lost(cause));
    this.#worker.on("exit", () => this.#lost(undefined));
    this.#worker.unref();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @throws Fault `freeze-failed` when the thread ended; then the watchdog thaws as soon as its pipe is closed. */
  async hold(order: HoldOrder, onFrozen: () => void): Promise<HoldEnd> {
    assert(this.#hold === undefined && !this.#hasEnded, "a thread holds once at a time");
    const { promise, resolve, reject } = Promise.withResolvers<HoldEnd>();
    this.#hold = { onFrozen, resolve, reject };
    this.#worker.ref();
    this.#worker.postMessage(order);
    try {
      return await promise;
    } finally {
      this.#hold = undefined;
      this.#worker.unref();
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: FromHolder): void {
    if (message.kind === "frozen") this.#hold?.onFrozen();
    else this.#hold?.resolve(message);
  }

  #lost(cause: unknown): void {
    this.#hasEnded = true;
    this.#hold?.reject(holderLost("the thread that freezes", cause));
  }
}
