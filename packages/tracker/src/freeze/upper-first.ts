/**
 * In the order in which file systems are frozen: one that lies in a file of another (an image mounted through a loop device) before that other.
 * Freezing writes what is dirty, and for the upper that is a write to the lower: frozen first, the lower would make it wait for ever. Thawing
 * writes too (ext4's superblock), and goes the other way round for the same reason.
 *
 * `beneath` tells the file systems, by device, that an image beneath one lies in.
 */
export function upperFirst<T extends { readonly device: string }>(
  fileSystems: readonly T[],
  beneath: (device: string) => ReadonlySet<string>,
): T[] {
  const heights = new Map<string, number>();
  const heightOf = (device: string): number => {
    const known = heights.get(device);
    if (known !== undefined) return known;
    // Nothing lies beneath itself; should the kernel ever tell a circle, it ends here.
    heights.set(device, 0);
    const height = Math.max(0, ...[...beneath(device)].map((each) => heightOf(each) + 1));
    heights.set(device, height);
    return height;
  };
  return fileSystems.toSorted((one, other) => heightOf(other.device) - heightOf(one.device));
}
