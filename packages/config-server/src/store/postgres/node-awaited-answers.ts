// Questions to another thread whose answers are waited for without giving the turn away: both ends.
//
// Invariant: an answer is the one to its own question. Worst outcome if broken: one statement's rows are taken for another's.
//
//   asking thread                          answering thread
//   post {number, question} ────────────►  answer
//   wait until the flag is `number`  ◄───  post {number, answer}, then the flag becomes `number`, then a wake-up
//
// A wake-up may come late: the asking thread may have seen the flag already, and wait for the next answer by then. So only the flag says that there is
// an answer, and a wake-up nothing but that it is to be looked at.
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { assert } from "@leeward/base";

type Flag = Int32Array<SharedArrayBuffer>;

interface Numbered<T> {
  readonly number: number;
  readonly said: T;
}

/** Holds the number of the question that was answered last; 0 before the first. */
export function answerFlag(): Flag {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** The end that asks. One that was not answered in time asks nothing more. */
export class AwaitedAnswers<Q, A> {
  readonly #port: MessagePort;
  readonly #flag: Flag;
  #number = 0;

  constructor(port: MessagePort, flag: Flag) {
    this.#port = port;
    this.#flag = flag;
  }

  /** undefined when there is no answer within `msMax`. */
  ask(question: Q, msMax: number): A | undefined {
    this.#number = (this.#number + 1) | 0;
    const number = this.#number;
    const asked: Numbered<Q> = { number, said: question };
    this.#port.postMessage(asked);
    const endMs = performance.now() + msMax;
    for (let seen = Atomics.load(this.#flag, 0); seen !== number; seen = Atomics.load(this.#flag, 0)) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) return undefined;
      Atomics.wait(this.#flag, 0, seen, leftMs);
    }
    const received: { readonly message: Numbered<A> } | undefined = receiveMessageOnPort(this.#port);
    assert(received?.message.number === number, "an answer comes before it is told, and is to what was asked");
    return received.message.said;
  }

  close(): void {
    this.#port.close();
  }
}

/** The end that answers, one question after another. */
export function answerEach(port: MessagePort, flag: Flag, answer: (question: never) => Promise<unknown>): void {
  port.on("message", ({ number, said }: Numbered<never>) => {
    void answer(said).then((answered) => {
      const numbered: Numbered<unknown> = { number, said: answered };
      port.postMessage(numbered);
      Atomics.store(flag, 0, number);
      Atomics.notify(flag, 0);
    });
  });
}
