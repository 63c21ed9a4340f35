import { useState } from "react";
import { changedFields } from "./draft.ts";

export interface Draft<T extends object> {
  /** What was read, with what was typed over it. */
  readonly draft: T;
  /** What of it is other than what was read: all that is to be sent. */
  readonly changed: Partial<T>;
  readonly isChanged: boolean;
  readonly change: (part: Partial<T>) => void;
  readonly discard: () => void;
}

/** The fields of a form that is filled from `read`. */
export function useDraft<T extends object>(read: T): Draft<T> {
  const [typed, setTyped] = useState<Partial<T>>({});
  const draft = { ...read, ...typed };
  const changed = changedFields(read, draft);
  return {
    draft,
    changed,
    isChanged: Object.keys(changed).length > 0,
    change: (part) => setTyped((before) => changedFields(read, { ...read, ...before, ...part })),
    discard: () => setTyped({}),
  };
}
