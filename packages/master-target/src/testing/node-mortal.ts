import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const FIXTURE = join(import.meta.dirname, "fixtures/node-mortal-target.ts");

/** What a target does in the process that dies in it, and what the fixture is told beside that. */
export interface MortalWork {
  readonly action: string;
  readonly replicaId: string;
  /** At which step it kills itself. */
  readonly steps: number;
  readonly more?: string;
}

/** A target over that home, in a process of its own that kills itself; whether it came through before. */
export async function mortal(
  { home }: { readonly home: string },
  { action, replicaId, steps, more = "" }: MortalWork,
): Promise<boolean> {
  const child = spawn(process.execPath, [FIXTURE, home, action, replicaId, String(steps), more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const exited = once(child, "exit");
  const [stdout, stderr] = await said;
  await exited;
  assert.equal(child.signalCode, "SIGKILL", stderr);
  return stdout === "through";
}
