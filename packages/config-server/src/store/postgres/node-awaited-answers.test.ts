import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageChannel, Worker } from "node:worker_threads";
import { AwaitedAnswers, answerFlag } from "./node-awaited-answers.ts";

const QUESTIONS = 2_000;
const ANSWER_MS_MAX = 60_000;

test("an answer is the one to its question, however often who waits is woken", async () => {
  const { port1, port2 } = new MessageChannel();
  const flag = answerFlag();
  const worker = new Worker(new URL("../../testing/node-late-waker.ts", import.meta.url), {
    workerData: { port: port2, flag },
    transferList: [port2],
  });
  try {
    const answers = new AwaitedAnswers<number, number>(port1, flag);
    for (let number = 0; number < QUESTIONS; number += 1) assert.equal(answers.ask(number, ANSWER_MS_MAX), number);
    answers.close();
  } finally {
    await worker.terminate();
  }
});

test("who gets no answer is told so in time", () => {
  const { port1 } = new MessageChannel();
  const answers = new AwaitedAnswers<number, number>(port1, answerFlag());
  assert.equal(answers.ask(1, 10), undefined);
  answers.close();
});
