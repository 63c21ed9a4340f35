// Real processes that have HOME/lock open, as an agent has; in the place of the service manager stands a script that notes what it is told.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeClock } from "@leeward/world";
import type { AgentService } from "./agent-service.ts";
import { nodeAgentService } from "./node-agent-service.ts";

const HOLD = 'exec 9>>"$1/lock"; echo has it; exec sleep 60';
const UNIT = "leeward-agent.service";

interface Given {
  readonly folder: string;
  readonly agent: ChildProcess;
  serviceAt(home: string, service: string): AgentService;
}

async function given(t: TestContext): Promise<Given> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "leeward-service-")));
  await mkdir(`${folder}/home`);
  await symlink("home", `${folder}/linked`);
  const agent = spawn("sh", ["-c", HOLD, "sh", `${folder}/home`], { stdio: ["ignore", "pipe", "inherit"] });
  await once(agent.stdout, "data");
  const ending = new AbortController();
  t.after(async () => {
    ending.abort();
    agent.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });
  return {
    folder,
    agent,
    serviceAt: (home, service) =>
      nodeAgentService({ clock: nodeClock, home, service, program: { folder }, signal: ending.signal }),
  };
}

async function script(path: string, text: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
}

void test("an agent by itself is found by its home's lock, also where the home is a link, and ends before the next one starts", async (t) => {
  const { folder, agent, serviceAt } = await given(t);
  await script(`${folder}/leeward`, `echo "$*" >> ${folder}/said`);
  const service = serviceAt(`${folder}/linked`, "");
  assert.equal(await service.isRunning(), true);
  const ended = once(agent, "exit");
  assert.equal(await service.restart(), true);
  assert.deepEqual(await ended, [null, "SIGTERM"]);
  assert.equal(await service.isRunning(), false);
  for (let said = ""; said === ""; said = await readFile(`${folder}/said`, "utf8").catch(() => ""))
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await readFile(`${folder}/said`, "utf8"), `agent start --home ${folder}/linked\n`);
});

void test("a service is started anew by one order, and runs when its manager says that it does or is about to", async (t) => {
  const { folder, agent, serviceAt } = await given(t);
  const { PATH = "" } = process.env;
  t.after(() => void (process.env["PATH"] = PATH));
  await mkdir(`${folder}/bin`);
  const manager = (restart: string): Promise<void> =>
    script(
      `${folder}/bin/systemctl`,
      `echo "$*" >> ${folder}/told; case "$*" in *" restart "*) ${restart} ;; show*) cat ${folder}/state ;; esac`,
    );
  process.env["PATH"] = `${folder}/bin:${PATH}`;
  const service = serviceAt(`${folder}/linked`, UNIT);

  for (const [state, isRunning] of Object.entries({
    active: true,
    activating: true,
    reloading: true,
    deactivating: false,
    inactive: false,
    failed: false,
  })) {
    await writeFile(`${folder}/state`, `${state}\n`);
    await manager("");
    assert.equal(await service.isRunning(), isRunning, state);
  }
  await rm(`${folder}/told`);

  await manager("exit 1");
  assert.equal(await service.restart(), false);
  assert.equal(agent.exitCode ?? agent.signalCode, null, "what cannot be started anew runs on");

  await rm(`${folder}/told`);
  await manager(`(sleep 0.5; kill ${agent.pid}) > /dev/null 2>&1 &`);
  const ended = once(agent, "exit");
  assert.equal(await service.restart(), true);
  await ended;
  const told = (await readFile(`${folder}/told`, "utf8")).trim().split("\n");
  assert.deepEqual(told, [`--no-ask-password reset-failed ${UNIT}`, `--no-ask-password restart --no-block ${UNIT}`]);
});
