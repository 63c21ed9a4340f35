import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { MiB } from "@leeward/base";
import { nodeClock, nodeRandom } from "@leeward/world";
import ssh2 from "ssh2";
import type { Credentials } from "../credentials.ts";
import { makeHostKeys, TestSshServer } from "../testing/node-test-ssh-server.ts";
import { openSecureShell } from "./node-secure-shell.ts";
import { RootShell } from "./root-shell.ts";
import type { SecureShell, ShellTarget } from "./secure-shell.ts";

const PASSWORD = 'it\'s a "secret" $HOME';
const never = new AbortController().signal;
const keys = makeHostKeys();
const others = makeHostKeys();

function open(target: ShellTarget, credentials: Credentials, jump?: ShellTarget): Promise<SecureShell> {
  return openSecureShell({ ...target, credentials, jump }, nodeClock, never);
}

void test("a command runs with its input, and says what it said and how it ended", async () => {
  await using server = await TestSshServer.start(keys, { password: PASSWORD });
  await using shell = await open(server.target, { password: PASSWORD });
  const content = randomBytes(3 * MiB);
  const input = (async function* () {
    for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
  })();
  const summed = await shell.run(
    { command: "sha256sum; echo no >&2; exit 7", what: "summing", input, limitMs: 60_000 },
    never,
  );
  const sum = createHash("sha256").update(content).digest("hex");
  assert.deepEqual(summed, { code: 7, stdout: `${sum}  -\n`, stderr: "no\n" });
  const quick = await Promise.all(
    Array.from({ length: 8 }, () => shell.run({ command: "exit 3", what: "ending", limitMs: 60_000 }, never)),
  );
  assert.deepEqual(
    quick.map(({ code }) => code),
    Array.from({ length: 8 }, () => 3),
  );
});

void test("a host whose key nobody named, or that has another, is given nothing", async () => {
  await using server = await TestSshServer.start(keys, { password: PASSWORD });
  const unpinned = { ...server.target, hostKey: undefined };
  await assert.rejects(open(unpinned, { password: PASSWORD }), {
    code: "push-host-key-unpinned",
    detail: { host: "127.0.0.1", fingerprint: keys.ed25519.fingerprint },
  });
  const wrong = { ...server.target, hostKey: others.ed25519.fingerprint };
  await assert.rejects(open(wrong, { password: PASSWORD }), { code: "push-host-key-mismatch" });
  // Also when whoever asks would believe a key that nobody named.
  await assert.rejects(open({ ...wrong, acceptHostKey: true }, { password: PASSWORD }), {
    code: "push-host-key-mismatch",
  });
  assert.deepEqual(server.offered, []);
  await using shell = await open({ ...unpinned, acceptHostKey: true }, { password: PASSWORD });
  assert.equal(shell.hostKey, keys.ed25519.fingerprint);
});

void test("any of a host's keys may be the one that was named", async () => {
  await using server = await TestSshServer.start(keys, { password: PASSWORD });
  await using shell = await open({ ...server.target, hostKey: keys.rsa.fingerprint }, { password: PASSWORD });
  assert.equal(shell.hostKey, keys.rsa.fingerprint);
});

void test("keys with and without a passphrase log in, and passwords that are asked for as an answer", async () => {
  const pair = ssh2.utils.generateKeyPairSync("ed25519", { passphrase: "of the key", cipher: "aes256-ctr", rounds: 4 });
  await using byKey = await TestSshServer.start(keys, { publicKey: pair.public });
  await (await open(byKey.target, { privateKey: pair.private, passphrase: "of the key" }))[Symbol.asyncDispose]();
  const invalid = { code: "push-key-invalid" };
  await assert.rejects(open(byKey.target, { privateKey: pair.private, passphrase: "another" }), invalid);
  await assert.rejects(open(byKey.target, { privateKey: pair.private }), invalid);
  await assert.rejects(open(byKey.target, { privateKey: pair.public }), invalid);
  await assert.rejects(open(byKey.target, {}), { code: "push-credentials-invalid" });
  await assert.rejects(open(byKey.target, { password: PASSWORD }), { code: "push-login-refused" });
  await using asking = await TestSshServer.start(keys, { password: PASSWORD, asksOnly: true });
  await (await open(asking.target, { password: PASSWORD }))[Symbol.asyncDispose]();
  await assert.rejects(open(asking.target, { password: "another" }), { code: "push-login-refused" });
});

void test("a host is reached through another, and each is held to its own key", async () => {
  await using server = await TestSshServer.start(keys, { password: PASSWORD });
  await using gate = await TestSshServer.start(others, { password: "of the gate" });
  const credentials = { password: PASSWORD, jump: { password: "of the gate" } };
  const shell = await open(server.target, credentials, gate.target);
  assert.deepEqual([shell.hostKey, shell.jumpHostKey], [keys.ed25519.fingerprint, others.ed25519.fingerprint]);
  assert.equal((await shell.run({ command: "echo there", what: "saying", limitMs: 60_000 }, never)).stdout, "there\n");
  await shell[Symbol.asyncDispose]();
  const unnamed = { ...gate.target, hostKey: undefined };
  await assert.rejects(open(server.target, credentials, unnamed), { code: "push-host-key-unpinned" });
  await assert.rejects(open({ ...server.target, hostKey: others.ed25519.fingerprint }, credentials, gate.target), {
    code: "push-host-key-mismatch",
  });
  await assert.rejects(open({ ...server.target, port: 1 }, credentials, gate.target), {
    code: "push-host-unreachable",
  });
  assert.ok(!gate.offered.includes(`password ${PASSWORD}`), "each has what is its own");
});

void test("who does not answer, hangs up, or takes too long is told apart", async () => {
  const server = await TestSshServer.start(keys, { password: PASSWORD });
  const { target } = server;
  await using shell = await open(target, { password: PASSWORD });
  await assert.rejects(shell.run({ command: "sleep 60", what: "sleeping", limitMs: 300 }, never), {
    code: "push-step-timed-out",
  });
  const running = shell.run({ command: "echo begun; sleep 60", what: "sleeping", limitMs: 60_000 }, never);
  running.catch(() => undefined);
  await shell.run({ command: "true", what: "looking", limitMs: 60_000 }, never);
  await server[Symbol.asyncDispose]();
  await assert.rejects(running, { code: "push-connection-lost" });
  await assert.rejects(open(target, { password: PASSWORD }), { code: "push-host-unreachable" });
});

const isRoot = process.getuid?.() === 0;

void test("scripts run as root, with values that are nothing but values, and leave nothing", {
  skip: isRoot ? false : "only root is root",
}, async () => {
  await using server = await TestSshServer.start(keys, { password: PASSWORD });
  await using shell = await open(server.target, { password: PASSWORD });
  const of = { host: "127.0.0.1", user: "ada", credentials: { password: PASSWORD }, pushId: "ab".repeat(16) };
  let folder: string;
  {
    await using root = await RootShell.open({ ...of, shell, secrets: ["lw1.token"], random: nodeRandom }, never);
    ({ folder } = root);
    const hostile = "'; touch HACKED #\n$(touch HACKED) `touch HACKED` \\ \"";
    const script = {
      text: `cd "$folder"; printf '%s' "$given"; ls -A >&2; id -u; echo lw1.token; cat; stat -c %a "$folder"`,
      values: { folder, given: hostile },
      what: "a try",
    };
    const { code, stdout, stderr } = await root.run(script, never);
    assert.equal(code, 0);
    assert.equal(stdout, `${hostile}0\n[secret]\n700\n`);
    assert.equal(stderr, "step-1.sh\n");
    const said = await root.run(
      { text: `echo '${PASSWORD.replaceAll("'", `'\\''`)} was wrong' >&2; exit 1`, what: "a leak" },
      never,
    );
    assert.equal(root.saidBy(said), "[secret] was wrong");
    assert.ok(existsSync(folder));
  }
  assert.ok(!existsSync(folder));
});
