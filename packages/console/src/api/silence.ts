// When the server stops to answer, all pages go on to show what was answered before: since when, is said once, above them.
import { isFault } from "@leeward/base";
import { useSyncExternalStore } from "react";
import { queryClient } from "./api-context.tsx";

/** What says nothing of what was asked for, but that it was not answered. */
const CODES = ["server-unreachable", "call-timed-out", "response-invalid", "internal-error"] as const;

export function isSilence(fault: unknown): fault is Error {
  return isFault(fault, ...CODES);
}

export interface Silence {
  readonly fault: Error;
  /** Of when the oldest is that a page still shows, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Undefined while answers come. */
export function useSilence(): Silence | undefined {
  return useSyncExternalStore(onChange, present);
}

function onChange(listener: () => void): () => void {
  return queryClient.getQueryCache().subscribe(listener);
}

let known: Silence | undefined;

/** The same object while nothing of it changes. */
function present(): Silence | undefined {
  const found = oldest();
  if (found?.fault !== known?.fault || found?.sinceMs !== known?.sinceMs) known = found;
  return known;
}

/** A call that waits for its next attempt has not been given up, but one that timed out was waited for long enough. */
function oldest(): Silence | undefined {
  let silence: Silence | undefined;
  for (const query of queryClient.getQueryCache().getAll()) {
    const { error, fetchFailureReason, dataUpdatedAt, data } = query.state;
    const fault = error ?? (isFault(fetchFailureReason, "call-timed-out") ? fetchFailureReason : null);
    if (data === undefined || !query.isActive() || !isSilence(fault)) continue;
    if (silence === undefined || dataUpdatedAt < silence.sinceMs) silence = { fault, sinceMs: dataUpdatedAt };
  }
  return silence;
}
