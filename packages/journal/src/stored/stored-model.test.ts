import { test } from "node:test";
import { MemoryStore } from "@leeward/object-store/testing";
import { simulatedWorld } from "@leeward/world/testing";
import { checkJournalModel, type JournalPlace } from "../testing/journal-model.ts";
import { StoredFiles } from "./stored-files.ts";

const FOLDER = "/home/journal";

test("a journal in an object store is one, whatever happens and wherever its process is ended: the answer of a put may be lost, and a listing be of before", async () => {
  await checkJournalModel(storedPlace, { count: 24, stride: 8 });
});

test("so it is where processes that were believed dead go on", async () => {
  await checkJournalModel((seed) => storedPlace(seed, { undead: true }), { count: 24, stride: 8 });
});

/** A store of which each process is told by its own door: what it does there counts as an operation before and after, and ends with the process unless that is undead. */
function storedPlace(seed: number, { undead = false }: { readonly undead?: boolean } = {}): JournalPlace {
  const clock = simulatedWorld({ seed }).clock;
  const objects = new MemoryStore({ clock });
  return {
    isTakenOver: true,
    open: async ({ files: local, clock: own, random }, folder, { operation, ended }) => {
      const hit = (_: string, key: string): Promise<unknown> =>
        undead ? Promise.race([operation(key), ended]) : operation(key);
      let before: readonly string[] = [];
      const listed = (keys: readonly string[]): readonly string[] => {
        const [told] = random.below(3) === 0 ? [before] : [keys];
        before = keys;
        return told ?? keys;
      };
      const store = objects.door({ before: hit, after: hit, listed });
      const files = await StoredFiles.open({
        store,
        files: local,
        clock: own,
        random,
        folder: FOLDER,
        blockBytesMax: 1024 * 1024,
        writing: { spool: "/home/spool", keptBytesMax: 64 * 1024 },
      });
      await files.claim(folder);
      return files;
    },
  };
}
