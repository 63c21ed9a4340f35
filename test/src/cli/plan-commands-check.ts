import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import type { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { fieldOf } from "../harness/shapes.ts";
import type { CommandCheck } from "./command-check.ts";

/** Every command of recovery plans once, where one machine with protected disks is `web`; nothing of them is left. */
export async function checkPlanCommands(check: CommandCheck, chain: Chain): Promise<void> {
  const home = ["--home", chain.serverHome];
  const file = `${chain.folder}/plan.yaml`;
  const text = "name: shop\nsteps:\n  - {machine: web, host: none}\n  - {name: look, manual: Look., after: [web]}\n";
  await writeFile(file, text);
  const from = ["--file", file, ...home];
  await check.prints("plan create", ["shop", ...from]);
  await check.refuses("plan create", ["shop", ...from], { exit: 4, code: "plan-exists" });
  const seen = String(fieldOf(await check.prints("plan export", ["shop", ...home]), "changedAt"));
  await check.prints("plan edit", ["shop", "--seen", seen, ...from]);
  await check.refuses("plan edit", ["shop", "--seen", seen, ...from], { exit: 4, code: "precondition-failed" });
  await check.prints("plan import", ["--replace", ...from]);
  await check.prints("plan list", home);
  await check.prints("plan show", ["shop", ...home]);
  assert.equal(fieldOf(await check.prints("plan export", ["shop", ...home]), "text"), text);
  await check.prints("plan schema", []);
  const report = await check.prints("plan dry-run", ["shop", "--kind", "test", ...home]);
  assert.deepEqual([fieldOf(report, "ok"), fieldOf(report, "waves")], [true, [["web"], ["look"]]]);
  const begun = await check.prints("plan run", ["shop", "--kind", "test", "--no-wait", ...home]);
  const run = String(fieldOf(fieldOf(begun, "run"), "id"));
  await check.refuses("failover test --plan", ["shop", ...home], { exit: 4, code: "plan-run-under-way" });
  await eventually("a person is asked", async () => {
    const steps = [fieldOf(await chain.run("plan", "show-run", run), "steps")].flat();
    return fieldOf(steps[1], "state") === "asking" ? true : undefined;
  });
  await check.refuses("plan continue", [run, "web", ...home], { exit: 4, code: "plan-step-not-asking" });
  await check.prints("plan continue", [run, "look", "--notes", "It is there.", ...home]);
  await eventually("it has ended", async () =>
    fieldOf(await chain.run("plan", "show-run", run), "state") === "succeeded" ? true : undefined,
  );
  await check.prints("plan show-run", [run, ...home]);
  await check.refuses("plan cancel", [run, ...home], { exit: 4, code: "plan-run-ended" });
  await check.prints("plan cleanup", [run, "--timeout", "100", ...home]);
  await check.refuses("plan cleanup", [run, ...home], { exit: 4, code: "plan-run-ended" });
  await check.prints("plan runs", ["shop", ...home]);

  await writeFile(file, "steps: [{name: rest, wait: 3000}]");
  await check.prints("plan edit", ["shop", ...from]);
  const resting = await check.prints("plan run", ["shop", "--kind", "test", "--no-wait", ...home]);
  await check.prints("plan cancel", [String(fieldOf(fieldOf(resting, "run"), "id")), ...home]);
  await writeFile(file, "steps: [{name: rest, wait: 0}]");
  await check.prints("plan edit", ["shop", ...from]);
  await check.prints("failover test --plan", ["shop", ...home]);
  await check.refuses("failover test", home, { exit: 2, code: "failover-of-invalid" });
  await check.refuses("failover test", ["web", "--plan", "shop", ...home], { exit: 2, code: "plan-option-invalid" });
  await writeFile(file, "steps: [{machine: nobody}]");
  await check.prints("plan edit", ["shop", ...from]);
  await check.prints("plan dry-run", ["shop", "--kind", "test", ...home], { exit: 1 });
  await check.refuses("plan run", ["shop", "--kind", "test", ...home], { exit: 3, code: "machine-unknown" });
  await check.refuses("plan run", ["shop", "--kind", "planned", "--at", "latest", ...home], { exit: 2 });
  await writeFile(file, "steps: [{colour: red}]");
  await check.refuses("plan edit", ["shop", ...from], { exit: 2, code: "plan-invalid" });
  await check.refuses("plan import", ["--replace", ...from], { exit: 2, code: "plan-invalid" });
  await check.prints("plan remove", ["shop", ...home]);
  await check.refuses("plan remove", ["shop", ...home], { exit: 3, code: "plan-unknown" });
  await check.refuses("plan list", ["too", "many", ...home], { exit: 2 });
  await check.refuses("plan schema", ["too", "many"], { exit: 2 });
  for (const command of ["plan show", "plan export"]) await check.refuses(command, ["shop", ...home], { exit: 3 });
  await check.refuses("plan dry-run", ["shop", "--kind", "test", ...home], { exit: 3, code: "plan-unknown" });
  for (const command of ["failover planned", "failover unplanned"])
    await check.refuses(command, ["--plan", "shop", ...home], { exit: 3, code: "plan-unknown" });
  await check.refuses("plan runs", ["shop", "too", "many", ...home], { exit: 2 });
  await check.refuses("plan show-run", ["nothing", ...home], { exit: 3, code: "plan-run-unknown" });
}
