import type { Listed, ObjectStatus, PutCondition, ReadObject, StoreKind } from "./object-store.ts";

/** What a store said instead of what was asked for. */
export type Refusal =
  /** It passes by itself; `afterMs` where the store says when. */
  | { readonly kind: "later"; readonly why: string; readonly afterMs?: number }
  /** The key names nothing. */
  | { readonly kind: "no-object" }
  /** There is no such container or bucket. */
  | { readonly kind: "no-store" }
  /** The condition does not hold. */
  | { readonly kind: "conflict" }
  /** Nothing begins at that position of the object. */
  | { readonly kind: "past-end" }
  /** The parts that were sent are not there any more. */
  | { readonly kind: "parts-lost" }
  | { readonly kind: "denied"; readonly why: string }
  /** Its certificate is not vouched for. */
  | { readonly kind: "untrusted"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

/** What goes with the object that is put. */
export interface PutFacts {
  /** Stands in the object's metadata, by which a put whose answer was lost finds its object again. */
  readonly putId: string;
  readonly condition: PutCondition | undefined;
}

/** What was begun to be put in parts. */
export interface PartedPut extends PutFacts {
  readonly key: string;
  /** Of the store, where it gives one. */
  readonly uploadId: string | undefined;
}

export interface ListPage {
  readonly listed: readonly Listed[];
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
}

/** The requests of one kind of store, each sent once: what to do about an answer is RemoteStore's matter. Each rejects with what `refusalOf` understands. */
export interface StoreRequests {
  readonly kind: StoreKind;
  readonly place: string;
  /** From so many bytes on an object is put in parts. */
  readonly partedFromBytes: number;
  /** How many parts an object may have. */
  readonly partsMax: number;
  put(key: string, bytes: Uint8Array, facts: PutFacts, signal: AbortSignal): Promise<ObjectStatus>;
  /** undefined where nothing has to be begun. */
  beginParts(key: string, facts: PutFacts, signal: AbortSignal): Promise<string | undefined>;
  /** Gives what `endParts` wants to know of the part. */
  putPart(put: PartedPut, index: number, bytes: Uint8Array, signal: AbortSignal): Promise<string>;
  /** Makes one object of the parts, in order. */
  endParts(put: PartedPut, parts: readonly string[], sizeBytes: number, signal: AbortSignal): Promise<ObjectStatus>;
  /** Gives the parts up that were sent. */
  dropParts(put: PartedPut, signal: AbortSignal): Promise<void>;
  read(request: ReadRequest, signal: AbortSignal): Promise<ReadObject>;
  status(key: string, signal: AbortSignal): Promise<{ readonly status: ObjectStatus; readonly putId?: string }>;
  remove(key: string, signal: AbortSignal): Promise<void>;
  list(request: ListRequest, signal: AbortSignal): Promise<ListPage>;
  /** Whether objects can be held here. */
  holds(signal: AbortSignal): Promise<boolean>;
  /** Until when the object is held so that nobody can take it back, microseconds since 1970; 0 when it is not. */
  heldUntilMicros(key: string, signal: AbortSignal): Promise<number>;
  /** Whole seconds, later than it is held by now. */
  hold(key: string, untilMicros: number, signal: AbortSignal): Promise<void>;
  /** undefined of what is no answer and no failure of the network: a mistake of ours. */
  refusalOf(error: unknown): Refusal | undefined;
  close(): void;
}

export interface ReadRequest {
  readonly key: string;
  /** Not empty. */
  readonly target: Uint8Array;
  readonly position: number;
  readonly tag: string | undefined;
}

export interface ListRequest {
  readonly prefix: string;
  readonly shallow: boolean;
  /** `next` of the page before. */
  readonly from: string | undefined;
}

/** An answer that ended before all of it was there. */
export class BodyLost extends Error {
  constructor(cause: unknown) {
    super("an answer was cut off", { cause });
  }
}
