import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What `main.ts --json` prints. */
export interface SimReport {
  readonly points: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly seed: number; readonly problems: readonly string[] }[];
}

export const SIM_MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Runs simulations in a process of their own; rejects when it ends without a report, as after a failed assertion. */
export async function simulateInProcess(main: string, args: readonly string[]): Promise<SimReport> {
  const child = spawn(process.execPath, [main, "--json", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  await once(child, "exit");
  const text = await stdout;
  if (text === "") throw new Error(`the simulation ended without a report:\n${(await stderr).slice(-4_000)}`);
  const report: unknown = JSON.parse(text);
  if (isReport(report)) return report;
  throw new TypeError(`no report: ${text}`);
}

function isReport(value: unknown): value is SimReport {
  return typeof value === "object" && value !== null && "points" in value && "counts" in value && "failures" in value;
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
