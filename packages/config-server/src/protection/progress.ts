import type { Progress } from "@leeward/api";
import type { CopyProgress } from "@leeward/proto";

/** How far a copy is, as the API says it. */
export function progressOf(progress: CopyProgress | undefined): Progress | null {
  if (progress === undefined) return null;
  const { doneBytes, totalBytes, etaSeconds } = progress;
  return { doneBytes, totalBytes, etaSeconds: etaSeconds < 0 ? null : etaSeconds };
}
