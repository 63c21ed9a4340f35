import { anySignal, orAborted } from "@leeward/base";
import type { ObjectStore } from "./object-store.ts";

/** A signal of a caller's own, where there is one, and the one that ends all. */
type Either = (signal: AbortSignal | undefined) => AbortSignal;

/**
 * The store until `ended` aborts: then every request that is under way rejects with its reason, and so does every later one. What had been sent may still take effect, as
 * after a crash. It does not wait for a store that looks at no signal while it is away, such as a folder on a network.
 */
export function endedBy(ended: AbortSignal, store: ObjectStore): ObjectStore {
  const either: Either = (signal) => (signal === undefined ? ended : anySignal([ended, signal]));
  const { hold } = store;
  return {
    kind: store.kind,
    place: store.place,
    isConditional: store.isConditional,
    get requests() {
      return store.requests;
    },
    hold: hold && ((key, untilMicros, signal) => orAborted(hold(key, untilMicros, either(signal)), ended)),
    // oxlint-disable-next-line max-params -- the interface has them, and a signal is always the last
    put: (key, source, options, signal) => orAborted(store.put(key, source, options, either(signal)), ended),
    // oxlint-disable-next-line max-params -- the interface has them, and a signal is always the last
    read: (key, target, position, options, signal) =>
      orAborted(store.read(key, target, position, options, either(signal)), ended),
    status: (key, signal) => orAborted(store.status(key, either(signal)), ended),
    remove: (key, signal) => orAborted(store.remove(key, either(signal)), ended),
    async *list(prefix, options, signal) {
      const listed = store.list(prefix, options, either(signal))[Symbol.asyncIterator]();
      for (;;) {
        const next = await orAborted(listed.next(), ended);
        if (next.done === true) return;
        yield next.value;
      }
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
