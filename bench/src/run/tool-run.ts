import { existsSync } from "node:fs";
import type { BenchPlace } from "./bench-place.ts";

const SAID_CHARS_MAX = 2_000;

/** A program on the PATH or where administrators' programs lie; undefined when there is none. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));
}

/** The first of these programs that is not here, as a reason to skip; undefined when all are. */
export function missingTool(...names: readonly string[]): string | undefined {
  const missing = names.find((name) => findTool(name) === undefined);
  return missing === undefined ? undefined : `no ${missing} here (npm run peers)`;
}

/** Runs a program to its end; what it printed. Throws with what it said when it failed. */
export async function runTool(place: BenchPlace, name: string, args: readonly string[]): Promise<string> {
  const child = place.start(findTool(name) ?? name, args);
  const [stdout, stderr, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once("exit", resolve).once("error", reject)),
  ]);
  if (code === 0) return stdout;
  throw new Error(`${name} ${args.join(" ")} exited ${code}: ${`${stderr}${stdout}`.trim().slice(-SAID_CHARS_MAX)}`);
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
