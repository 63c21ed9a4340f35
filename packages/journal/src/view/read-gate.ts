/**
 * Who reads files that may be replaced: a file is removed only when all that began to read before its replacement have ended.
 *
 * Invariant: `drained` settles after every reader that was inside when it was called has left; later readers do not delay it.
 * Worst outcome: a read meets a file that is gone, and a disk in use gets an error.
 */
export class ReadGate {
  #inside = { count: 0, left: Promise.withResolvers<void>() };

  #earlier: Promise<unknown> = Promise.resolve();

  /** Call what it returns once, when done. */
  enter(): () => void {
    const room = this.#inside;
    room.count += 1;
    return () => {
      room.count -= 1;
      if (room.count === 0 && room !== this.#inside) room.left.resolve();
    };
  }

  async drained(): Promise<void> {
    const room = this.#inside;
    const earlier = this.#earlier;
    this.#inside = { count: 0, left: Promise.withResolvers<void>() };
    if (room.count === 0) room.left.resolve();
    this.#earlier = Promise.all([earlier, room.left.promise]);
    await this.#earlier;
  }
}
