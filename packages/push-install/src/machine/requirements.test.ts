import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, type MachineFacts } from "./probe.ts";
import { type Asked, requireInstallable, requireRemovable, requireUpgradable } from "./requirements.ts";

const AUTHORITY = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const GOOD = `id=debian
like=
distribution=Debian GNU/Linux 12 (bookworm)
architecture=x86_64
system=Linux
kernel=6.1.0
hostname=web.example.org
glibc=2.36
systemd=yes
dpkg=yes
seconds=1000000
space=/opt 9000000 /
space=/usr 9000000 /
space=/var 9000000 /var
space=/var/tmp/leeward-push-1 9000000 /var
btf=yes
server=yes
data=yes
end=yes`;
const asked: Asked = {
  host: "web",
  pushId: "p1",
  nowMs: 1_000_000_000,
  server: "dr:443",
  data: "ps:9443",
  hasStartCommand: false,
  authorityPem: AUTHORITY,
};
const chosen = { kind: "deb", sizeBytes: 50_000_000 } as const;

/** The good machine with other lines in the place of some. */
function factsWith(...lines: readonly string[]): MachineFacts {
  const names = lines.map((line) => line.split("=")[0] ?? "");
  const kept = GOOD.split("\n").filter((line) => !names.includes(line.split("=")[0] ?? ""));
  return factsOf("web", { code: 0, stdout: [...kept, ...lines].join("\n"), stderr: "" });
}

test("a machine that has all that is needed is taken", () => {
  const facts = factsWith();
  requireInstallable(asked, facts, chosen);
  assert.deepEqual(
    [facts.rungs, facts.hostname, facts.program],
    [["tracker (ebpf)", "splitter", "rescan"], "web.example.org", undefined],
  );
  requireInstallable(asked, factsWith("id=rocky", "like=rhel centos fedora", "glibc=2.28", "dpkg=no"), {
    ...chosen,
    kind: "tar.gz",
  });
  requireInstallable({ ...asked, hasStartCommand: true }, factsWith("systemd=no"), chosen);
  requireInstallable(asked, factsWith("server=unknown", "data=unknown"), chosen);
  requireInstallable(asked, factsWith("push=p1"), chosen);
});

const own = `authority=${AUTHORITY.replaceAll("\n", "")}`;

test("what a machine lacks is said by its own code, before anything is changed", () => {
  const refusals: readonly (readonly [string, readonly string[]])[] = [
    ["push-architecture-unsupported", ["architecture=aarch64"]],
    ["push-distribution-unsupported", ["id=alpine"]],
    ["push-distribution-unsupported", ["id=nixos", "like=debianish"]],
    ["push-glibc-too-old", ["glibc=2.17"]],
    ["push-glibc-too-old", ["glibc="]],
    ["push-agent-present", ["enrolled=yes", own]],
    ["push-agent-foreign", ["enrolled=yes", "authority=-----BEGIN CERTIFICATE-----BBBB-----END CERTIFICATE-----"]],
    ["push-agent-foreign", ["enrolled=yes"]],
    ["push-program-present", ["archive=0.1.0"]],
    ["push-program-present", ["rpm=0.1.0"]],
    ["push-under-way", ["push=p2"]],
    ["push-no-service-manager", ["systemd=no"]],
    ["push-clock-off", ["seconds=1000301"]],
    ["push-clock-off", ["seconds=999699"]],
    ["push-port-blocked", ["server=no"]],
    ["push-port-blocked", ["data=no"]],
    ["push-no-space", ["space=/usr 1000 /"]],
    // Each alone would have room; together they have not.
    ["push-no-space", ["space=/usr 300000 /", "space=/var 300000 /", "space=/tmp/leeward-push-1 300000 /"]],
  ];
  for (const [code, lines] of refusals)
    assert.throws(() => requireInstallable(asked, factsWith(...lines), chosen), { code }, lines.join(", "));
  requireInstallable(asked, factsWith("seconds=1000300"), chosen);
});

test("only an agent of this installation is upgraded", () => {
  requireUpgradable(asked, factsWith("enrolled=yes", own, "deb=0.1.0-1"), chosen);
  assert.throws(() => requireUpgradable(asked, factsWith(), chosen), { code: "push-agent-absent" });
  assert.throws(() => requireUpgradable(asked, factsWith("enrolled=yes", "deb=0.1.0-1"), chosen), {
    code: "push-agent-foreign",
  });
});

test("a machine that did not say everything is not believed to have said anything", () => {
  for (const stdout of [
    "",
    "id=debian\nend=yes",
    GOOD.replace("end=yes", ""),
    GOOD.replace("system=Linux", "system=Darwin"),
  ])
    assert.throws(() => factsOf("web", { code: 0, stdout, stderr: "" }), { code: "push-probe-failed" });
});

test("what came by a package of RPM is neither upgraded nor taken away by a push", () => {
  const facts = factsWith("enrolled=yes", own, "rpm=0.1.0");
  assert.throws(() => requireUpgradable(asked, facts, chosen), { code: "push-packaged-by-rpm" });
  assert.throws(() => requireRemovable(asked, facts), { code: "push-packaged-by-rpm" });
  requireRemovable(asked, factsWith("enrolled=yes", own, "deb=0.1.0"));
  assert.throws(() => requireRemovable(asked, factsWith()), { code: "push-agent-absent" });
});
