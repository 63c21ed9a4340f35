/** Names that stand as numbers in the format: both directions from one table. */
export interface Numbering<Name extends string> {
  readonly numberOf: (name: Name) => number;
  /** undefined for a number that names nothing. */
  readonly nameOf: (number: number) => Name | undefined;
  readonly names: readonly Name[];
}

/** The names in the order of their numbers, which begin at `first`. */
export function numbering<const Name extends string>(names: readonly Name[], first: number): Numbering<Name> {
  const numbers = new Map(names.map((name, index) => [name, index + first]));
  return { numberOf: (name) => numbers.get(name) ?? 0, nameOf: (number) => names[number - first], names };
}
