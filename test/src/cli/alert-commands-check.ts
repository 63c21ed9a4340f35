import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import type { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { fieldOf } from "../harness/shapes.ts";
import type { CommandCheck } from "./command-check.ts";

/** Every command of alerts: of the one that stands until the recovery key is exported, and of a channel that nobody is behind. */
export async function checkAlertCommands(check: CommandCheck, chain: Chain): Promise<void> {
  const home = ["--home", chain.serverHome];
  const id = await eventually("the recovery key is an alert", async () => {
    const items = [fieldOf(await check.prints("alert list", home), "items")].flat();
    const alert = items.find((item) => fieldOf(item, "rule") === "recovery-key-not-exported");
    return alert === undefined ? undefined : String(fieldOf(alert, "id"));
  });
  await check.prints("alert show", [id, ...home]);
  const seen = await check.prints("alert acknowledge", [id, "--note", "On its way.", ...home]);
  assert.deepEqual([fieldOf(seen, "state"), fieldOf(seen, "note")], ["acknowledged", "On its way."]);
  const listed = await check.prints("alert list", ["--state", "acknowledged", "--severity", "warning", ...home]);
  assert.equal([fieldOf(listed, "items")].flat().length, 1);
  const silent = await check.prints("alert silence", [id, "--for", "8h", ...home]);
  assert.notEqual(fieldOf(silent, "silencedUntil"), null);
  assert.equal(fieldOf(await check.prints("alert unsilence", [id, ...home]), "silencedUntil"), null);

  for (const command of ["show", "acknowledge", "unsilence"])
    await check.refuses(`alert ${command}`, ["nothing", ...home], { exit: 3, code: "alert-unknown" });
  await check.refuses("alert silence", [id, ...home], { exit: 2, code: "usage-invalid" });
  await check.refuses("alert silence", [id, "--until", "2026-01-01T00:00:00Z", ...home], {
    exit: 2,
    code: "silence-invalid",
  });
  await check.refuses("alert list", ["--machine", "nobody", ...home], { exit: 3, code: "machine-unknown" });
  await checkRules(check, home);
  await checkChannels(check, { home, folder: chain.folder });
}

async function checkRules(check: CommandCheck, home: readonly string[]): Promise<void> {
  await check.prints("alert rule list", home);
  const set = await check.prints("alert rule set", [
    "upload-delay",
    "warning=20",
    "critical=none",
    "enabled=no",
    ...home,
  ]);
  assert.deepEqual(
    [fieldOf(set, "warning"), fieldOf(set, "critical"), fieldOf(set, "defaultCritical"), fieldOf(set, "enabled")],
    [20, null, 45, false],
  );
  await check.refuses("alert rule list", ["too", "many", ...home], { exit: 2 });
  await check.refuses("alert rule set", ["nothing", "warning=1", ...home], { exit: 3, code: "alert-rule-unknown" });
  await check.refuses("alert rule set", ["upload-delay", "warning=soon", ...home], { exit: 2 });
  const crossed = ["upload-delay", "warning=60", "critical=30", ...home];
  await check.refuses("alert rule set", crossed, { exit: 2, code: "alert-rule-invalid" });
}

async function checkChannels(
  check: CommandCheck,
  { home, folder }: { readonly home: readonly string[]; readonly folder: string },
): Promise<void> {
  const secretFile = `${folder}/hook.secret`;
  await writeFile(secretFile, "of the hook\n");
  const hook = ["hook", "--kind", "webhook", "--url", "https://127.0.0.1:9/", "--secret-file", secretFile];
  const made = await check.prints("alert channel set", [...hook, ...home]);
  assert.equal(fieldOf(made, "hasSecret"), true);
  assert(!JSON.stringify(made).includes("of the hook"), "a secret is never answered");
  const mail = ["--host", "mail.invalid", "--port", "587", "--from", "dr@example.org", "--to", "ops@example.org"];
  await check.prints("alert channel set", ["mail", "--kind", "smtp", "--severity", "critical", ...mail, ...home]);
  const log = ["log", "--kind", "syslog", "--host", "log.invalid", "--port", "6514"];
  assert.equal(
    fieldOf(fieldOf(await check.prints("alert channel set", [...log, ...home]), "settings"), "transport"),
    "tls",
  );
  await check.prints("alert channel list", home);
  await check.prints("alert channel show", ["hook", ...home]);

  const elsewhere = ["hook", "--kind", "webhook", "--url", "https://elsewhere.invalid/", ...home];
  await check.refuses("alert channel set", elsewhere, { exit: 4, code: "alert-secret-needed" });
  await check.refuses("alert channel set", ["x", "--kind", "smtp", ...home], { exit: 2, code: "usage-invalid" });
  await check.refuses("alert channel test", ["hook", ...home], { exit: 4, code: "alert-address-refused" });
  for (const command of ["show", "test", "remove"])
    await check.refuses(`alert channel ${command}`, ["nothing", ...home], { exit: 3, code: "alert-channel-unknown" });
  await check.refuses("alert channel list", ["too", "many", ...home], { exit: 2 });
  for (const name of ["hook", "mail", "log"]) await check.prints("alert channel remove", [name, ...home]);
}
