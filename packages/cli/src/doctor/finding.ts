/** One thing that `leeward doctor` looked at. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warning" | "failed";
  readonly message: string;
  /** What to do; null where all is well. */
  readonly remedy: string | null;
}

export function ok(check: string, message: string): Finding {
  return { check, state: "ok", message, remedy: null };
}

/** Leeward runs, with less. */
export function warning(check: string, message: string, remedy: string): Finding {
  return { check, state: "warning", message, remedy };
}

/** Leeward cannot do its work here. */
export function failed(check: string, message: string, remedy: string): Finding {
  return { check, state: "failed", message, remedy };
}
