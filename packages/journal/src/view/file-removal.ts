import { isFault } from "@leeward/base";
import type { JournalParts } from "../journal-parts.ts";
import type { PlacedFile } from "./file-library.ts";

/** Unlinks files that the manifest does not name any more, once the reads that use them have ended. */
export async function removeFiles(parts: JournalParts, placed: readonly PlacedFile[]): Promise<void> {
  await parts.gate.drained();
  for (const each of placed) {
    await parts.library.forget(each.file);
    try {
      await parts.world.files.remove(parts.library.pathOf(each));
    } catch (error) {
      // One that is gone already was damaged: that is told elsewhere.
      if (!isFault(error, "file-missing")) throw error;
    }
  }
}

/**
 * Gives up a file that is being written, after a failure that its caller throws. When it cannot be removed either, it stays under its
 * passing name, and the next open removes it: the first failure is the one to tell.
 */
export async function giveUp(writer: { abort(): Promise<void> }): Promise<void> {
  try {
    await writer.abort();
  } catch (error) {
    if (!isFault(error)) throw error;
  }
}
