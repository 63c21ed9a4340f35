/**
 * A signal that aborts when the first of several does, with its reason. As `AbortSignal.any`, which in Node 24 looks at its sources only once
 * somebody listens or asks: a source that was aborted and collected before that is forgotten, and whoever asks between steps of its own
 * work never stops. It follows its sources from the first listener on, also when that one has left.
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const any = AbortSignal.any([...signals]);
  any.addEventListener("abort", ignore);
  any.removeEventListener("abort", ignore);
  return any;
}

function ignore(): void {}
