import { Fault, isFault } from "@leeward/base";

/**
 * Does `work`, and `end` after it, whatever came of it. Where both fail the first is the one that is told: it says what went wrong, and the other mostly
 * what came of that, which stands as a cause of it.
 */
export async function endedBy(work: () => Promise<void>, end: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (first) {
    try {
      await end();
    } catch (second) {
      throw isFault(first) ? withCause(first, second) : first;
    }
    throw first;
  }
  await end();
}

function withCause(fault: Fault, more: unknown): Fault {
  const { code, kind, message, remedy, detail } = fault;
  const cause = fault.cause === undefined ? more : new AggregateError([fault.cause, more], "first, and after that");
  return new Fault({ code, kind, message, remedy, detail, cause });
}
