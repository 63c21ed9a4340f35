/**
 * Connections that have not proved who they are. A stranger can hold no more of them than one address may, and none for long, so it
 * never keeps the others out.
 */
export class PendingGate {
  readonly #max: number;
  readonly #perAddressMax: number;
  readonly #counts = new Map<string, number>();
  #total = 0;

  constructor(limits: { readonly pendingMax: number; readonly pendingPerAddressMax: number }) {
    this.#max = limits.pendingMax;
    this.#perAddressMax = limits.pendingPerAddressMax;
  }

  /** Takes one more from `address`, unless that would be too many. Each one taken is to be let go once. */
  take(address: string): boolean {
    const count = this.#counts.get(address) ?? 0;
    if (this.#total >= this.#max || count >= this.#perAddressMax) return false;
    this.#counts.set(address, count + 1);
    this.#total += 1;
    return true;
  }

  letGo(address: string): void {
    const count = this.#counts.get(address) ?? 0;
    if (count <= 1) this.#counts.delete(address);
    else this.#counts.set(address, count - 1);
    this.#total -= 1;
  }
}
