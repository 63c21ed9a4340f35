import assert from "node:assert/strict";
import { test } from "node:test";
import { silentTrace, type Trace } from "@leeward/daemon";
import { Authority, KeyStore } from "@leeward/identity";
import { type Files, fileFault, nodeClock, nodeRandom, pastPageCache, replaceFile, type World } from "@leeward/world";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { openOwnIdentity } from "./own-identity.ts";
import { removeLeftRegistration, removeUsed } from "./unattended.ts";

const HOME = "/agent";
const MEDIUM = "/medium";
const PATH = `${HOME}/registration.yaml`;
const TOKEN_PATH = `${MEDIUM}/agent.token`;

async function put({ files }: SimulatedWorld, path: string, text: string): Promise<void> {
  const at = path.lastIndexOf("/");
  await files.makeFolder(path.slice(0, at));
  await replaceFile(files, path.slice(0, at), path.slice(at + 1), new TextEncoder().encode(text));
}

/** The same files, of which those whose paths begin so lie on a medium that cannot be written. */
function readOnly(files: Files, prefix: string): Files {
  const refuse = (path: string): void => {
    if (path.startsWith(prefix)) throw fileFault("EROFS", path);
  };
  return {
    ...pastPageCache(files),
    open: async (path, mode, options) => {
      if (mode !== "read") refuse(path);
      return files.open(path, mode, options);
    },
    remove: async (path) => {
      refuse(path);
      await files.remove(path);
    },
  };
}

function tracing(): { readonly trace: Trace; readonly warned: unknown[] } {
  const warned: unknown[] = [];
  return { trace: { ...silentTrace, warn: (_message, fields) => warned.push(fields?.fault?.detail["path"]) }, warned };
}

test("what a registration left is removed, and what waits for the machine to be copied is not", async () => {
  const world = simulatedWorld({ seed: 2 });
  await put(world, TOKEN_PATH, "token");
  await put(world, PATH, `server: https://a\ntokenFile: ${TOKEN_PATH}\nnewIdentityOfCopy: true`);
  const { trace, warned } = tracing();
  await removeLeftRegistration(world, { home: HOME, trace });
  assert.deepEqual(
    [await world.files.list(HOME), await world.files.list(MEDIUM)],
    [["registration.yaml"], ["agent.token"]],
  );
  await put(world, PATH, `server: https://a\ntokenFile: ${TOKEN_PATH}`);
  await removeLeftRegistration(world, { home: HOME, trace });
  assert.deepEqual([await world.files.list(HOME), await world.files.list(MEDIUM), warned], [[], [], []]);
  assert.deepEqual(await removeUsed(world.files, [PATH]), []);
});

test("a token on a read-only medium stays, and is told; the registration goes all the same", async () => {
  const world = simulatedWorld({ seed: 3 });
  await put(world, TOKEN_PATH, "token");
  await put(world, PATH, `server: https://a\ntokenFile: ${TOKEN_PATH}`);
  const faults = await removeUsed(readOnly(world.files, MEDIUM), [TOKEN_PATH, PATH]);
  assert.deepEqual(
    faults.map((fault) => [fault.code, fault.detail["path"]]),
    [["file-denied", TOKEN_PATH]],
  );
  assert.deepEqual(await world.files.list(HOME), []);
});

test("an agent that is registered starts, as often as it is started, also where what registered it cannot be removed", async () => {
  const simulated = simulatedWorld({ seed: 4 });
  const { files } = simulated;
  await enrolled({ clock: nodeClock, random: nodeRandom, files });
  await put(simulated, PATH, "server: https://a\ntoken: used");
  const world: World = { ...simulated, clock: nodeClock, random: nodeRandom, files: readOnly(files, PATH) };
  const { trace, warned } = tracing();
  for (let start = 1; start <= 2; start += 1) {
    const own = await openOwnIdentity(
      { world, home: HOME, trace },
      async () => undefined,
      new AbortController().signal,
    );
    assert.equal(own.machineId, "m1");
    assert.deepEqual(
      warned,
      Array.from({ length: start }, () => PATH),
    );
  }
});

async function enrolled(world: Pick<World, "clock" | "random" | "files">): Promise<void> {
  for (const folder of ["/authority", `${HOME}/identity`]) await world.files.makeFolder(folder);
  const authority = await Authority.open(world, "/authority");
  const store = await KeyStore.open(world, `${HOME}/identity`);
  const certificatePem = await authority.issue(await store.createRequest(), { role: "agent", id: "m1" });
  await store.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem });
}
