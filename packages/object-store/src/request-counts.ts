import type { RequestCounts } from "./object-store.ts";

/** Counts as a store keeps them while it is open. */
export type CountedRequests = { -readonly [Name in keyof RequestCounts]: number };

const BYTES_PER_GB = 1e9;

/** Counts of a store that was just opened. */
export function noRequests(): CountedRequests {
  return { puts: 0, gets: 0, lists: 0, removes: 0, retries: 0, sentBytes: 0, receivedBytes: 0 };
}

/** Requests of every kind for each 10^9 bytes that were sent, which is what object stores take money for; undefined where nothing was sent. */
export function requestsPerGb({ puts, gets, lists, removes, sentBytes }: RequestCounts): number | undefined {
  return sentBytes === 0 ? undefined : (puts + gets + lists + removes) / (sentBytes / BYTES_PER_GB);
}
