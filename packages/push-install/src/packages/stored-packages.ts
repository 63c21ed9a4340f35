// The releases that a config server keeps for agents, as packages to push from.
import { isFault, releaseFileOf } from "@leeward/base";
import { PIECE_BYTES } from "../limits.ts";
import type { AgentPackage, AgentPackages } from "./agent-packages.ts";
import { summedPieces } from "./summed-pieces.ts";

/** The config server, as a member asks it. */
export interface StoredReleases {
  list(): Promise<readonly { readonly file: string; readonly sizeBytes: number; readonly sha256: Uint8Array }[]>;
  /** Fewer bytes than asked for at the file's end alone. */
  read(wanted: { readonly file: string; readonly offset: number; readonly length: number }): Promise<Uint8Array>;
}

/** A config server of an older release, or one that cannot be asked now, has none. */
export function storedPackages(stored: StoredReleases): AgentPackages {
  return {
    list: async () => {
      try {
        const items = await stored.list();
        return items.flatMap(({ file, sizeBytes, sha256 }): AgentPackage[] => {
          const named = releaseFileOf(file);
          const sum = Buffer.from(sha256).toString("hex");
          return named === undefined ? [] : [{ ...named, platform: "linux-x64", file, sha256: sum, sizeBytes }];
        });
      } catch (error) {
        if (isFault(error)) return [];
        throw error;
      }
    },
    open: (wanted) =>
      summedPieces(wanted, (offset) =>
        stored.read({ file: wanted.file, offset, length: Math.min(PIECE_BYTES, wanted.sizeBytes - offset) }),
      ),
  };
}

/** All that several have; what two of them have under one sum is the first one's. */
export function joinedPackages(all: readonly AgentPackages[]): AgentPackages {
  const holders = new WeakMap<AgentPackage, AgentPackages>();
  return {
    async list() {
      const found: AgentPackage[] = [];
      for (const packages of all) {
        for (const each of await packages.list()) {
          if (found.some(({ sha256 }) => sha256 === each.sha256)) continue;
          holders.set(each, packages);
          found.push(each);
        }
      }
      return found;
    },
    open(wanted) {
      const holder = holders.get(wanted) ?? all[0];
      return holder === undefined ? empty() : holder.open(wanted);
    },
  };
}

async function* empty(): AsyncIterable<Uint8Array> {}
