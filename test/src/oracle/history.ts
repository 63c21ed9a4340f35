/** One operation on one disk, as the one who asked for it saw it. Moments are the history's own ticks. */
export interface Operation {
  readonly number: number;
  readonly disk: number;
  readonly kind: "write" | "zero";
  /** First sector and how many. */
  readonly sector: number;
  readonly sectors: number;
  readonly submitted: number;
  /** Infinity while, or because, it was never acknowledged: then it may have happened or not. */
  acknowledged: number;
  /** Known to be durable: written with FUA and acknowledged, or acknowledged before a flush was asked for that was. */
  durable: boolean;
}

/**
 * All that the writers asked for and were told, in one order of ticks: a submission and an acknowledgement are ticks, and so are
 * the request and the return of a mark. `a` happened before `b` exactly when a was acknowledged before b was submitted.
 */
export class History {
  readonly operations: Operation[] = [];
  #tick = 0;

  tick(): number {
    this.#tick += 1;
    return this.#tick;
  }

  submit(request: Pick<Operation, "disk" | "kind" | "sector" | "sectors">): Operation {
    const operation: Operation = {
      ...request,
      number: this.operations.length,
      submitted: this.tick(),
      acknowledged: Number.POSITIVE_INFINITY,
      durable: false,
    };
    this.operations.push(operation);
    return operation;
  }

  acknowledge(operation: Operation): void {
    operation.acknowledged = this.tick();
  }

  /** A flush of the disk was acknowledged, which had been asked for at this tick. */
  flushed(disk: number, asked: number): void {
    for (const operation of this.operations)
      if (operation.disk === disk && operation.acknowledged < asked) operation.durable = true;
  }
}

/** A recovery point as its requester saw it. */
export interface MarkInterval {
  readonly requested: number;
  readonly returned: number;
}
