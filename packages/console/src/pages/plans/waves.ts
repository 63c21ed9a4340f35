// Steps in the order in which they can begin: each when all that it comes after could have ended.

interface Linked {
  readonly name: string;
  readonly after: readonly string[];
}

/** The server has made sure that they go in no circle. */
export function wavesOf<T extends Linked>(steps: readonly T[]): readonly (readonly T[])[] {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const known = new Map<string, number>();
  const waveOf = ({ name, after }: Linked): number => {
    const found = known.get(name);
    if (found !== undefined) return found;
    // Whatever comes back to itself is no later than where it was met first.
    known.set(name, 0);
    const before = after.flatMap((each) => byName.get(each) ?? []).map(waveOf);
    const wave = before.length === 0 ? 0 : Math.max(...before) + 1;
    known.set(name, wave);
    return wave;
  };
  const waves: T[][] = [];
  for (const step of steps) {
    const wave = waveOf(step);
    while (waves.length <= wave) waves.push([]);
    waves[wave]?.push(step);
  }
  return waves.filter((wave) => wave.length > 0);
}
