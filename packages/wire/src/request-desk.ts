import { Fault, isFault } from "@leeward/base";
import type { ControlRequest, ControlResponse, RequestBody, ResponseBody } from "@leeward/proto";
import { reportOfFault } from "./fault-report.ts";
import { ANSWERS_MAX, REQUESTS_MAX } from "./session-limits.ts";
import { messageUnexpected, requestUnsupported } from "./wire-fault.ts";

/**
 * Answers a request of the peer. A Fault that it throws is the answer; anything else is a mistake of ours and ends the session.
 * The signal aborts when the session ends.
 */
export type RequestHandler = (body: RequestBody, signal: AbortSignal) => Promise<ResponseBody>;

export interface RequestDeskOptions {
  /** Absent where nobody answers: each request gets a Fault `request-unsupported`. */
  readonly answer: RequestHandler | undefined;
  readonly send: (response: ControlResponse) => Promise<void>;
  /** A handler or a send failed with what is no answer. */
  readonly onFailure: (error: unknown) => void;
}

/** The peer's requests that we work on: side by side, at most REQUESTS_MAX of them without an answer, each answered once. */
export class RequestDesk {
  readonly #options: RequestDeskOptions;
  readonly #working = new Set<Promise<void>>();
  #unanswered = 0;
  #lastId = 0;

  constructor(options: RequestDeskOptions) {
    this.#options = options;
  }

  /** @throws Fault `message-unexpected` for an id that does not rise, or one request too many */
  take(request: ControlRequest, signal: AbortSignal): void {
    if (request.id <= this.#lastId) throw messageUnexpected(`request ${request.id} after request ${this.#lastId}`);
    if (this.#unanswered >= REQUESTS_MAX || this.#working.size >= ANSWERS_MAX) {
      throw messageUnexpected(`more than ${REQUESTS_MAX} requests at once`);
    }
    this.#lastId = request.id;
    this.#unanswered += 1;
    const work = this.#serve(request, signal)
      .catch(this.#options.onFailure)
      .finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  /** Settles when no handler runs any more. */
  async idle(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  async #serve({ id, body }: ControlRequest, signal: AbortSignal): Promise<void> {
    const response = await this.#answerTo(id, body, signal).finally(() => {
      this.#unanswered -= 1;
    });
    if (signal.aborted) return;
    try {
      await this.#options.send(response);
    } catch (error) {
      if (!isFault(error, "message-unsendable")) throw error;
      await this.#options.send({ id, fault: reportOfFault(error) });
    }
  }

  async #answerTo(id: number, body: RequestBody, signal: AbortSignal): Promise<ControlResponse> {
    const { answer } = this.#options;
    try {
      if (answer === undefined) throw requestUnsupported(body.kind);
      return { id, body: await answer(body, signal) };
    } catch (error) {
      if (error instanceof Fault) return { id, fault: reportOfFault(error) };
      // The reason that its signal gave, said back.
      if (signal.aborted) return { id, fault: reportOfFault(requestUnsupported(body.kind)) };
      throw error;
    }
  }
}
