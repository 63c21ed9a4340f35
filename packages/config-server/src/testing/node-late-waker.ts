// Answers each number with itself, after a while that differs, and wakes who waits also when there is nothing to see.
import { type MessagePort, workerData } from "node:worker_threads";
import { answerEach } from "../store/postgres/node-awaited-answers.ts";

const ANSWERED_AFTER = 3;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the test starts this thread with comes without a type
const { port, flag } = workerData as { port: MessagePort; flag: Int32Array<SharedArrayBuffer> };

answerEach(port, flag, async (number: number) => {
  for (let turn = 0; turn < number % ANSWERED_AFTER; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    Atomics.notify(flag, 0);
  }
  return number;
});
