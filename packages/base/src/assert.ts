/** A condition that only a mistake of ours can break failed. Nobody catches it: the process stops. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/** Stops the process when `condition` is false. For what our own code promises, never for what a peer, a disk or a file says. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** The end of an exhaustive switch: the compiler proves that it is not reached. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable: ${JSON.stringify(value)}`);
}
