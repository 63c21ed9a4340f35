import assert from "node:assert/strict";
import { appendFile, writeFile } from "node:fs/promises";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import type { Chain } from "./chain.ts";
import { eventually } from "./eventually.ts";
import { Daemon, leeward, leewardJson } from "./leeward-process.ts";
import { fieldOf, openedOf } from "./shapes.ts";

const never = new AbortController().signal;

/** An agent that is started next awaits the other members of its group on loopback, on a free port. */
export async function useLoopback(home: string): Promise<void> {
  await appendFile(`${home}/config.yaml`, "groupListen: 127.0.0.1\ngroupPort: 0\n");
}

/** One more machine of the chain, whose agent can be in a group. */
export async function startGroupAgent(chain: Chain, name: string): Promise<Daemon> {
  const home = `${chain.folder}/${name}`;
  const tokenFile = `${chain.folder}/${name}.token`;
  const token = await leeward(["token", "create", "--home", chain.serverHome, "--role", "agent", "--ttl", "10m"]);
  assert.equal(token.code, 0, token.stderr);
  await writeFile(tokenFile, token.stdout, { mode: 0o600 });
  const place = ["--server", chain.server?.ready.apiUrl ?? "", "--token-file", tokenFile, "--home", home];
  await leewardJson(["agent", "register", ...place, "--name", name, "--protectable", chain.sourceFolder]);
  await useLoopback(home);
  const agent = await Daemon.start(["agent", "start", "--home", home]);
  await eventually(`${name} is online`, async () =>
    fieldOf(await chain.run("machine", "show", name), "state") === "online" ? true : undefined,
  );
  return agent;
}

/** The numbers that stand at the begin of the first sectors of a disk, as a point has it. */
export async function numbersAt(
  chain: Chain,
  { machine, disk, pointId }: { readonly machine: string; readonly disk: string; readonly pointId: string },
  count: number,
): Promise<number[]> {
  const opened = openedOf(await chain.run("point", "open", machine, disk, "--at", pointId));
  const { address, exportName } = parseNbdUri(opened.nbdUri);
  const client = await connectNbd(address, { exportName, clock: nodeClock }, never);
  const numbers: number[] = [];
  for (let each = 0; each < count; each += 1) {
    const sector = Buffer.alloc(512);
    await client.read(each * 512, sector);
    numbers.push(sector.readUInt32LE(0));
  }
  await client[Symbol.asyncDispose]();
  await chain.run("point", "close", opened.id);
  return numbers;
}

/**
 * Chains that went round machines in order, step after step: on each machine stands the last step up to the newest one that was its to write.
 * `found` is in the machines' order, the step of each chain; a machine whose index is `step % machines` writes a step.
 */
export function assertOneMoment(found: readonly (readonly number[])[], said: string): void {
  const count = found.length;
  for (const chain of found[0]?.keys() ?? []) {
    const newest = Math.max(...found.map((steps) => steps[chain] ?? 0));
    for (const [index, steps] of found.entries()) {
      const expected = newest - ((((newest - index) % count) + count) % count);
      assert.equal(steps[chain], Math.max(0, expected), `${said}: ${JSON.stringify(found)}, chain ${chain}`);
    }
  }
}
