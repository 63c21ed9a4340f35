import type { ApiClient } from "@leeward/api";
import type { Clock, Files, World } from "@leeward/world";

/** What a command meets from outside; the executable gives the process's own, tests give theirs. */
export interface CliHost {
  readonly world: World;
  readonly files: Files;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly processId: number;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Asks whoever sits at the terminal; undefined where nobody does. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Aborted by SIGINT or SIGTERM, from the first time on that somebody asks for it; until then they end the process at once. */
  readonly signal: AbortSignal;
}

export interface TextSink {
  readonly isTerminal: boolean;
  write(text: string): void;
}

/** What every command is given: how to print, and where the server is. */
export interface CommandContext {
  readonly host: CliHost;
  readonly json: boolean;
  /** Connects at first use. */
  client(): Promise<ApiClient>;
}
