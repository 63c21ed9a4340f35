import type { Fault } from "@leeward/base";
import { type DeviceOperation, type Extent, ExtentSet } from "@leeward/block";
import { faultOfError } from "./errors.ts";

/** A run as a server tells it: flags of `base:allocation`. */
export interface StatusRun {
  readonly length: number;
  readonly flags: number;
}

/** One request that waits for its answer. It is settled exactly once. */
export class ClientRequest {
  readonly operation: DeviceOperation;
  readonly extent: Extent;
  /** Of a read: where its bytes go. */
  readonly target: Uint8Array | undefined;
  /** Of a block status: what the server told so far. */
  readonly runs: StatusRun[] = [];
  readonly settled: Promise<void>;
  readonly #resolve: () => void;
  readonly #reject: (fault: Fault) => void;
  #coveredBytes = 0;
  #covered: ExtentSet | undefined;
  #error = 0;

  constructor(operation: DeviceOperation, extent: Extent, target?: Uint8Array) {
    this.operation = operation;
    this.extent = extent;
    this.target = target;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.settled = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Notes that the range of a read was told. False when it is outside of what was asked, or was told before. */
  cover(offset: number, length: number): boolean {
    const whole = this.extent;
    if (length < 1 || offset < whole.offset || offset + length > whole.offset + whole.length) return false;
    if (length < whole.length) {
      this.#covered ??= new ExtentSet();
      if (this.#covered.intersects({ offset, length })) return false;
      this.#covered.add({ offset, length });
    } else if (this.#coveredBytes > 0) return false;
    this.#coveredBytes += length;
    return true;
  }

  /** The server said that the request failed; more chunks may follow. */
  noteError(error: number): void {
    this.#error ||= error;
  }

  /** The last chunk came. False when it claims success for a read of which not every byte was told. */
  finish(): boolean {
    if (this.#error !== 0) {
      this.#reject(faultOfError(this.#error, { disk: "nbd", operation: this.operation, extent: this.extent }));
      return true;
    }
    if (this.target !== undefined && this.#coveredBytes !== this.extent.length) return false;
    if (this.operation === "allocation" && this.runs.length === 0) return false;
    this.#resolve();
    return true;
  }

  fail(fault: Fault): void {
    this.#reject(fault);
  }
}
