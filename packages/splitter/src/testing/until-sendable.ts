import type { Splitter } from "../splitter.ts";

/** Everything that was written may leave the machine when it settles: a log is relied on some time after it is durable. */
export async function untilSendable(splitter: Splitter): Promise<void> {
  for (;;) {
    const changed = splitter.changed();
    const { sendableSequence, writtenSequence } = splitter.facts();
    if (sendableSequence === writtenSequence) return;
    await changed;
  }
}
