/** A command has printed all there is to say, and its exit code says the rest. */
export class Concluded extends Error {
  override readonly name = "Concluded";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}
