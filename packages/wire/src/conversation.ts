import type { Session } from "./session.ts";

/** What two daemons say to one another, whatever carries it: a session over a channel, or another way that keeps the same promises. */
export type Conversation = Pick<Session, "send" | "messages" | "request" | "close">;
