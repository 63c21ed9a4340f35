import type { Chain } from "../harness/chain.ts";
import { fieldOf } from "../harness/shapes.ts";
import type { CommandCheck } from "./command-check.ts";

/** Every command that shows what was, what runs now stage by stage, and what it needs. */
export async function checkHistoryCommands(check: CommandCheck, chain: Chain): Promise<void> {
  const home = ["--home", chain.serverHome];
  await check.prints("machine samples", ["web", "--step", "60", ...home]);
  await check.refuses("machine samples", ["web", "--step", "77", ...home], { exit: 2, code: "request-invalid" });
  await check.refuses("machine samples", ["web", "--from", "yesterday", ...home], { exit: 2, code: "time-invalid" });
  await check.prints("machine timeline", ["web", ...home]);
  await check.refuses("machine timeline", ["nobody", ...home], { exit: 3, code: "machine-unknown" });
  await check.prints("stages", ["--machine", "web", ...home]);
  await check.refuses("stages", ["--machine", "nobody", ...home], { exit: 3, code: "machine-unknown" });
  await check.prints("links", home);
  await check.refuses("links", ["too", "many", ...home], { exit: 2 });
  await check.prints("planner", ["--machines", "200", "--growth", "0.2", "--retention-days", "30", ...home]);
  await check.refuses("planner", ["--machines", "0", ...home], { exit: 2, code: "request-invalid" });
  await check.refuses("planner", ["--growth", "much", ...home], { exit: 2, code: "usage-invalid" });
  const points = [fieldOf(await check.prints("point list", ["web", ...home]), "items")].flat();
  await check.prints("point way", ["web", String(fieldOf(points.at(-1), "id")), ...home]);
  await check.refuses("point way", ["web", "latest", ...home], { exit: 2, code: "request-invalid" });
}
