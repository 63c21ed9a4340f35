/** What an unpacked version says of itself, asked as it would be started. */
export interface ExaminedVersion {
  readonly version: string;
  /** Of an agent's home, as that version writes it; undefined when it does not say. */
  readonly homeFormat: number | undefined;
}

/**
 * The program that is installed, with the versions that the agent has put beside it.
 *
 *   PROGRAM/leeward                 what everybody starts: the version on trial, else the one that is kept, else the installed one
 *   PROGRAM/versions/VERSION/       a program as a release has it
 *   PROGRAM/trial-BOOTID            → versions/VERSION: what is started in this boot; the next one knows nothing of it
 *   PROGRAM/current                 → versions/VERSION: what is started from now on
 *
 * Both links are changed atomically. Whoever installs anew has the folder to himself: none of this is left then.
 */
export interface InstalledProgram {
  /** Where it lies. */
  readonly folder: string;
  /** Unpacks an archive of a release beside what runs; durable. One that is there is made anew. @throws Fault `upgrade-unfit`, and of the file system */
  unpack(archive: string, version: string): Promise<void>;
  /** @throws Fault `upgrade-unfit` */
  examine(version: string, home: string): Promise<ExaminedVersion>;
  /** Has the version started until the machine's next boot. */
  tryOut(version: string): Promise<void>;
  /** Has the version started for good. Durable. */
  keep(version: string): Promise<void>;
  /** Has the version started that was before the trial. */
  putBack(): Promise<void>;
  /** Removes every version that is neither kept nor on trial. */
  prune(): Promise<void>;
}
