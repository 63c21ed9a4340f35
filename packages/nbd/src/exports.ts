import type { BlockDevice } from "@leeward/block";

/** A disk as a server offers it. */
export interface NbdExport {
  /** The server uses it and never disposes of it. */
  readonly device: BlockDevice;
  /** For people. */
  readonly description?: string;
  /** Called once when the connection that was given this has ended and none of its calls is under way any more. */
  readonly release?: () => void;
}

/** What a server offers. */
export interface NbdExports {
  /** The export of that name, or undefined when there is none. The empty name asks for the default one. */
  find(name: string): Promise<NbdExport | undefined>;
  /** All names, for clients that ask. */
  list(): Promise<readonly string[]>;
}

/** One disk, under one name, which is also the default. */
export function singleExport(device: BlockDevice, name = ""): NbdExports {
  return {
    find: async (asked) => (asked === name || asked === "" ? { device } : undefined),
    list: async () => [name],
  };
}
