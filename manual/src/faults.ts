import { textOf } from "./repository.ts";

const ROW = /^\| `([a-z0-9-]+)` \| ([^|]+) \| (.+) \| (.+) \|$/;

export interface FaultEntry {
  readonly code: string;
  readonly kind: string;
  readonly cause: string;
  readonly remedy: string;
}

/** Every fault of docs/FAULTS.md. @throws when a row of its table is not understood, so that none is left out */
export function faultEntries(): FaultEntry[] {
  const rows = textOf("docs/FAULTS.md")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  return rows.map((row) => {
    const [, code, kind, cause, remedy] = ROW.exec(row) ?? [];
    if (code === undefined || kind === undefined || cause === undefined || remedy === undefined)
      throw new Error(`docs/FAULTS.md has a row that is not one of a fault: ${row}`);
    return { code, kind: kind.trim(), cause, remedy };
  });
}

/** The page of all faults: each under a heading of its own, so that it can be named in an address. */
export function faultsPage(): string {
  const entries = faultEntries().map(
    ({ code, kind, cause, remedy }) => `### ${code}\n\n${cause}\n\nRemedy: ${remedy}\n\nKind: ${kind}.\n`,
  );
  return `# Faults

Each message of Leeward that says that something went wrong has a code; so have the lines of \`leeward status\`. Find it here, and do what stands behind
“Remedy”. The codes are stable: scripts and alerts may rely on them.

The kind says what Leeward does by itself:

| Kind | What happens |
| --- | --- |
| transient | It is tried again, after 1, 2, 4, 8, 10 minutes, then every 30; a lost connection sooner. |
| discontinuity | History is broken, and the disk has to be copied again. Where its agent sees that, it does so by itself; else the remedy says how. |
| corruption | What is concerned stops, and an alert is raised. |
| protocol | The peer is dropped, and nothing of others is touched. |
| operator | It waits for a person. |

## All faults

${entries.join("\n")}`;
}
