import type { Credentials } from "../credentials.ts";

/** Where to log in, and which host key is right there; undefined when none is known. */
export interface ShellTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: string | undefined;
  /** Whether a key that nobody named is believed. */
  readonly acceptHostKey: boolean;
}

export interface ShellPlace extends ShellTarget {
  readonly credentials: Credentials;
  /** Through which machine the target is reached. */
  readonly jump: ShellTarget | undefined;
}

export interface ShellCommand {
  /** For the login shell, whichever that is: fixed words alone. */
  readonly command: string;
  /** What people read of it when it fails. */
  readonly what: string;
  readonly input?: AsyncIterable<Uint8Array>;
  readonly limitMs: number;
}

export interface ShellResult {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A login at a machine, over which commands run one after another or side by side. */
export interface SecureShell extends AsyncDisposable {
  /** The fingerprints that were met. */
  readonly hostKey: string;
  readonly jumpHostKey: string | undefined;
  /** Runs it to its end. @throws Fault `push-connection-lost`, `push-step-timed-out`, and what the input throws */
  run(command: ShellCommand, signal: AbortSignal): Promise<ShellResult>;
}
