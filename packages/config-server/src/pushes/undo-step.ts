// What a push that fails leaves behind: nothing. Order: the token is no good any more → the machine gives back what was put there → who enrolled with the token is
// removed and revoked → failed, and what logs in is erased. A machine that cannot be reached keeps what it has, and the push says so for the next one.
import { isFault } from "@leeward/base";
import { SELF } from "../events/event-log.ts";
import { PUSH_UNDO_RETRY_MS, PUSH_UNDO_TRIES_MAX, PUSHES_MAX } from "../limits.ts";
import { ask, type CarriedPush } from "./push-steps.ts";
import { advance } from "./transitions.ts";

export async function undo(carried: CarriedPush): Promise<void> {
  const { store, row, clock, events } = carried;
  const { tokenId, problem } = row.found;
  if (tokenId !== undefined) store.tokens.revoke(tokenId, clock.wallMicros());
  const undone = await undoneThere(carried);
  if (tokenId !== undefined) await removeEnrolled(carried, tokenId);
  const left = undone === false ? " What it had put there could not all be taken back." : "";
  store.transaction(() => {
    const told = undone === undefined ? {} : { undone };
    if (!advance(store, row, { to: "failed", nowMicros: clock.wallMicros(), ...told })) return;
    store.pushes.prune(PUSHES_MAX);
    const message = `The ${row.kind} of the agent of ${row.host} failed: ${problem?.message ?? "for no stated reason"}${left}`;
    const detail = { push: row.id, code: problem?.code ?? null, undone: undone ?? null };
    events.add(SELF, { severity: "warning", kind: `agent-${row.kind}-failed`, subject: row.host, message, detail });
  });
}

/**
 * undefined when there was nothing to undo: nothing was changed, or the package itself puts back what was there. Then, too, what was begun is waited for there, and what it worked in goes.
 */
async function undoneThere(carried: CarriedPush): Promise<boolean | undefined> {
  const { row, clock, signal } = carried;
  if (row.found.changed !== true) return undefined;
  const isOurs = row.kind === "push";
  for (let tries = 1; ; tries += 1) {
    try {
      await ask(carried, { step: "undo" });
      return isOurs ? true : undefined;
    } catch (error) {
      if (!isFault(error) || signal.aborted) throw error;
      if (error.kind !== "transient" || tries >= PUSH_UNDO_TRIES_MAX) return isOurs ? false : undefined;
      await clock.sleep(PUSH_UNDO_RETRY_MS, signal);
    }
  }
}

async function removeEnrolled({ store, removal }: CarriedPush, tokenId: string): Promise<void> {
  const usedBy = store.tokens.byId(tokenId)?.usedBy ?? null;
  const member = usedBy === null ? undefined : store.members.byId(usedBy);
  if (member?.removedMicros === null && member.tokenId === tokenId)
    await removal.remove(member, { actor: SELF, deletePoints: false, force: true });
}
