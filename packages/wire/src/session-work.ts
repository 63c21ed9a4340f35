import { Fault } from "@leeward/base";
import type { Session } from "./session.ts";

/**
 * Runs the session and the work on it together, and ends both when either ends. The work's signal aborts when the session ends.
 * A Fault that the work throws is the session's farewell, and is thrown here.
 */
export async function workOn(
  session: Session,
  signal: AbortSignal,
  work: (session: Session, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const running = session.run(signal);
  const working = endingSession(session, () => work(session, session.signal));
  const [ran, worked] = await Promise.allSettled([running, working]);
  // What the work met first is the cause; after the session's end it only meets that end.
  if (ran.status === "rejected") throw ran.reason;
  if (worked.status === "rejected" && worked.reason !== session.signal.reason) throw worked.reason;
}

async function endingSession(session: Session, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    await session.close();
  } catch (error) {
    await session.close(error instanceof Fault ? error : undefined);
    throw error;
  }
}
