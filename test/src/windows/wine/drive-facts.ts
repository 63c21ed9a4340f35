// Runs in Wine, bundled: what the disks, the access list and the command line of a Windows machine are to the code that ships. One document on standard output.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { openFileDevice, windowsDrives } from "@leeward/block";
import { accessOf } from "@leeward/daemon";
import { commandLine } from "@leeward/mobility-agent";

const [, , disk = "", home = "", words = "[]"] = process.argv;
const STEP_BYTES = 1_536 * 1_024;

if (disk === "args") {
  writeFileSync(process.env["TOLD"] ?? "", JSON.stringify(process.argv.slice(3)));
} else {
  process.stdout.write(
    JSON.stringify({
      ...(await diskFacts()),
      access: await accessOf(home),
      args: argsOf(commandLine(wordsOf(words))),
    }),
  );
}

async function diskFacts(): Promise<object> {
  await using device = await openFileDevice({ path: disk, readOnly: true, io: "thread-pool", direct: true });
  const hash = createHash("sha256");
  // In pieces that are not the device's own, so that their borders are crossed.
  for (let at = 0; at < device.sizeBytes; at += STEP_BYTES) {
    const piece = new Uint8Array(Math.min(STEP_BYTES, device.sizeBytes - at));
    await device.read(at, piece);
    hash.update(piece);
  }
  const { kind, sizeBytes, blockBytes } = device;
  const written = await device.write(0, new Uint8Array(512), { fua: false }).then(
    () => "written",
    (error: unknown) => String(error),
  );
  const opened = await openFileDevice({ path: disk, readOnly: false, io: "inline", direct: false }).then(
    () => "opened",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : String(error)),
  );
  return { kind, sizeBytes, blockBytes, sha256: hash.digest("hex"), written, opened, drives: await windowsDrives() };
}

function wordsOf(text: string): string[] {
  const words: unknown = JSON.parse(text);
  return Array.isArray(words) ? words.map(String) : [];
}

/** How a process is given its arguments by a command line, in Microsoft's own C library, which Node has in it. */
function argsOf(line: string): unknown {
  const self = process.argv[1] ?? "";
  // By way of a file: in Wine, what a process writes into a pipe does not arrive.
  const told = `${self}.told`;
  const { status, error } = spawnSync(process.execPath, [`"${self}" args ${line}`], {
    windowsVerbatimArguments: true,
    argv0: `"${process.execPath}"`,
    stdio: "ignore",
    env: { ...process.env, TOLD: told },
  });
  if (status !== 0) throw error ?? new Error(`it ended with ${status}`);
  return JSON.parse(readFileSync(told, "utf8"));
}
