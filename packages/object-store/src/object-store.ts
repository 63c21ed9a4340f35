/**
 * An object store: whole objects by key, written at once or not at all.
 *
 * What a reader sees of one key is always a whole object that somebody put there, the newest one whose `put` had settled or a newer one (strong consistency of
 * single objects, as Azure Blob and S3 promise it). A listing promises less: it may lack what was just put, and name what was just removed.
 *
 * Keys are plain: segments of letters, digits, `.`, `_` and `-` joined by `/`, at most 512 characters. The store adds its own prefix.
 */

/** Which implementation it is. */
export type StoreKind = "azure" | "s3" | "folder" | "memory";

export interface ObjectStatus {
  readonly key: string;
  readonly sizeBytes: number;
  /** By the store's clock, microseconds since 1970. */
  readonly modifiedMicros: number;
  /** Another one for each content that the key ever had (an ETag); opaque. */
  readonly tag: string;
}

/** What must be so at the moment of a put, or it changes nothing. */
export type PutCondition =
  /** The key names nothing. */
  | { readonly kind: "absent" }
  /** The key still names the object with this tag. */
  | { readonly kind: "unchanged"; readonly tag: string };

/** What is put: bytes that may be read again from anywhere, so that a part can be sent once more. */
export interface ObjectSource {
  readonly sizeBytes: number;
  /** Fills `target` from `position`, all of it. */
  read(target: Uint8Array, position: number): Promise<void>;
}

export interface PutOptions {
  readonly condition?: PutCondition;
}

export interface ReadObject {
  /** Bytes that were read into the target; fewer than asked only at the object's end. */
  readonly bytes: number;
  /** Of the object that was read. */
  readonly status: ObjectStatus;
}

/**
 * Makes the store itself keep what the object holds now until `untilMicros` (wall clock, rounded up to whole seconds): not even who has the credentials can destroy it before. A hold is
 * extended, never shortened, and nobody can take it back.
 * @throws Fault `object-missing`, and what every request throws
 */
export type HoldObject = (key: string, untilMicros: number, signal?: AbortSignal) => Promise<void>;

/** What a listing gives: objects, and (with `shallow`) the common beginnings of deeper keys, each with its slash at the end. */
export type Listed =
  | { readonly kind: "object"; readonly status: ObjectStatus }
  | { readonly kind: "prefix"; readonly prefix: string };

/** How many requests were sent since the store was opened, those that were tried again included. */
export interface RequestCounts {
  readonly puts: number;
  readonly gets: number;
  readonly lists: number;
  readonly removes: number;
  /** Answers that said: later (429, 503), and connections that failed; all of them were tried again. */
  readonly retries: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/**
 * Every call is tried again by itself on what passes (429, 5xx, timeouts, lost connections), with the store's own delay where it names one, until `signal` aborts or
 * about a minute has gone; then Fault `store-unreachable`. Other faults: `store-denied` (credentials), `store-missing` (no such bucket or container), `store-failed`
 * (an answer that is none of these).
 */
export interface ObjectStore extends AsyncDisposable {
  readonly kind: StoreKind;
  /** Where it is, for people; no secret in it. */
  readonly place: string;
  /** Whether conditions are honoured, as a probe has found; where they are not, a put with one is refused (`store-unconditional`). */
  readonly isConditional: boolean;
  readonly requests: RequestCounts;
  /** undefined where the store holds nothing, as a probe has found. */
  readonly hold: HoldObject | undefined;
  /**
   * Puts the whole object. An answer that was lost is cleared up: when the object at the key has this very content, it is a success.
   * @throws Fault `object-conflict` when the condition does not hold
   */
  put(key: string, source: ObjectSource, options?: PutOptions, signal?: AbortSignal): Promise<ObjectStatus>;
  /**
   * Reads from `position` on into `target`. With `tag`, only of that object.
   * @throws Fault `object-missing`, `object-conflict` when the key names another object than `tag`
   */
  read(
    key: string,
    target: Uint8Array,
    position: number,
    options?: { readonly tag?: string },
    signal?: AbortSignal,
  ): Promise<ReadObject>;
  /** undefined when the key names nothing. */
  status(key: string, signal?: AbortSignal): Promise<ObjectStatus | undefined>;
  /**
   * A key that names nothing is left so. What is held a store keeps as a version behind the key, or it refuses.
   * @throws Fault `object-held` where it refuses: the object is as it was
   */
  remove(key: string, signal?: AbortSignal): Promise<void>;
  /** Objects whose keys begin with `prefix`, in order of keys. `shallow`: not below a further slash. */
  list(prefix: string, options?: { readonly shallow?: boolean }, signal?: AbortSignal): AsyncIterable<Listed>;
}

/** Bytes as something to put. */
export function sourceOfBytes(bytes: Uint8Array): ObjectSource {
  return {
    sizeBytes: bytes.length,
    read: (target, position) => {
      target.set(bytes.subarray(position, position + target.length));
      return Promise.resolve();
    },
  };
}
