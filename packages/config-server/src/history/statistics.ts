/** The value below or at which so much of the others lie (nearest rank); null of none. `fraction` is above 0 and at most 1. */
export function quantile(values: readonly number[], fraction: number): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? null;
}

export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5);
}

/** Null of none. */
export function most(values: readonly number[]): number | null {
  return quantile(values, 1);
}

/** Those that are known. */
export function heard(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
