/** The kernel lacks what the programs read, or what proves that they saw all; another backend may do. */
export class KernelLacks extends Error {
  override readonly name = "KernelLacks";

  constructor(lacking: string) {
    super(`this kernel does not have ${lacking}`);
  }
}
