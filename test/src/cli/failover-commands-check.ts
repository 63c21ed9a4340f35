import assert from "node:assert/strict";
import type { Chain } from "../harness/chain.ts";
import { fieldOf } from "../harness/shapes.ts";
import type { CommandCheck } from "./command-check.ts";

/** Every command of failovers, on a chain whose machine `web` has protected disks, among them `a`. */
export async function checkFailoverCommands(
  check: CommandCheck,
  chain: Chain,
  untilProtected: () => Promise<void>,
): Promise<void> {
  const home = ["--home", chain.serverHome];
  const begun = await check.prints("failover test", ["web", "--host", "none", "--timeout", "100", ...home]);
  const id = String(fieldOf(fieldOf(begun, "failover"), "id"));
  await check.prints("failover list", ["web", ...home]);
  assert.equal(fieldOf(await check.prints("failover show", ["web", ...home]), "id"), id);
  await check.refuses("failover test", ["web", ...home], { exit: 4, code: "failover-standing" });
  await check.refuses("failover console", ["web", ...home], { exit: 4, code: "replica-only-described" });
  await check.refuses("disk unprotect", ["web", "a", "--delete-points", ...home], {
    exit: 4,
    code: "failover-standing",
  });
  await check.refuses("failover commit", ["web", ...home], { exit: 4, code: "failover-not-possible" });
  await check.refuses("failover cancel", ["web", ...home], { exit: 4, code: "failover-not-possible" });
  await check.refuses("failover change-point", ["web", "--at", "latest", ...home], {
    exit: 4,
    code: "failover-not-possible",
  });
  await check.refuses("reprotect", ["web", ...home], { exit: 4, code: "failover-not-possible" });
  await check.refuses("failback", ["web", ...home], { exit: 4, code: "failover-not-possible" });
  await check.refuses("failover planned", ["web", ...home], { exit: 4, code: "failover-standing" });
  await check.refuses("failover unplanned", ["web", ...home], { exit: 4, code: "failover-standing" });
  await check.prints("failover cleanup", ["web", "--notes", "It came up.", "--timeout", "100", ...home]);
  assert.deepEqual(fieldOf(await chain.run("point", "opened"), "items"), []);
  await check.refuses("failover cleanup", [id, ...home], { exit: 4, code: "failover-ended" });
  await check.refuses("failover show", ["web", ...home], { exit: 3, code: "failover-unknown" });

  const elsewhere = ["web", "--host", "none", "--timeout", "100", ...home];
  await check.prints("failover planned", elsewhere);
  await check.prints("failover change-point", ["web", "--at", "latest", "--timeout", "100", ...home]);
  await check.prints("failover cancel", ["web", "--timeout", "100", ...home]);
  await untilProtected();
  await check.prints("failover unplanned", elsewhere);
  await check.prints("failover commit", ["web", ...home]);
  await check.prints("reprotect", ["web", "--timeout", "100", ...home]);
  await check.prints("failback", ["web", "--grace", "1", "--timeout", "100", ...home]);
  await untilProtected();
  await check.refuses("failover list", ["nobody", ...home], { exit: 3 });
}
