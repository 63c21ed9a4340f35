import assert from "node:assert/strict";
import { test } from "node:test";
import { ownServiceBy, type ServiceFacts } from "./own-service.ts";

const OWN: ServiceFacts = {
  cgroup: "0::/system.slice/leeward-agent.service\n",
  environment: { INVOCATION_ID: "a".repeat(32), SYSTEMD_EXEC_PID: "77" },
  pid: 77,
  mainPid: async () => undefined,
};

void test("a process is a service when the manager started it, or says that it is the service's main process", async () => {
  assert.equal(await ownServiceBy(OWN), "leeward-agent.service");
  // Managers before 248 do not say whom they started.
  const environment = { INVOCATION_ID: "a".repeat(32) };
  const mainPid = async (service: string): Promise<number> => (service === "leeward-agent.service" ? 77 : 0);
  assert.equal(await ownServiceBy({ ...OWN, environment, mainPid }), "leeward-agent.service");
});

void test("what another service started is none, though it has that one's control group and environment", async () => {
  const cgroup = "0::/system.slice/supervisor.service\n";
  const inherited = { ...OWN, cgroup, pid: 78 };
  assert.equal(await ownServiceBy(inherited), "");
  assert.equal(await ownServiceBy({ ...inherited, mainPid: async () => 77 }), "");
  assert.equal(await ownServiceBy({ ...OWN, environment: {} }), "");
  assert.equal(await ownServiceBy({ ...OWN, cgroup: "0::/user.slice/user-0.slice/user@0.service/x.service\n" }), "");
  assert.equal(await ownServiceBy({ ...OWN, cgroup: "0::/init.scope\n" }), "");
});
