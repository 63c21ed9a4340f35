/** The text as one word of `sh`, whatever is in it but a NUL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Assignments at the head of a script, so that nothing of what was given stands anywhere else in it. */
export function assigned(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join("");
}
