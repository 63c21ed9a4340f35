// UnifiedAgentConfigurator.sh, as packages have it beside `leeward`: with a real server, with names that a shell takes apart, and with all that can be wrong on its command line.
import assert from "node:assert/strict";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { tryProgram } from "../guest/program.ts";
import { Chain } from "../harness/chain.ts";
import { leewardJson } from "../harness/leeward-process.ts";
import { fieldOf } from "../harness/shapes.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const ODD = "a b'c\"$(touch injected)`;*";

let folder: string;
let script: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeward-configurator-"));
  const program = join(folder, ODD);
  await mkdir(program);
  script = join(program, "UnifiedAgentConfigurator.sh");
  await copyFile(join(ROOT, "release/files/UnifiedAgentConfigurator.sh"), script);
  await chmod(script, 0o755);
  await symlink(join(ROOT, "leeward"), join(program, "leeward.real"));
  // Called by name, and given what it was given, word for word.
  await writeFile(join(program, "leeward"), '#!/bin/sh\nexec "$(dirname "$0")/leeward.real" "$@" --json\n', {
    mode: 0o755,
  });
});
after(() => rm(folder, { recursive: true, force: true }));

const configure = (...args: string[]) => tryProgram(script, args);

test("it registers with a server, removes the token, and says so unless it is to be quiet", async () => {
  const chain = await Chain.start({ machine: "web" });
  try {
    const host = (chain.server?.ready.apiUrl ?? "").replace("https://", "");
    const tokens = join(folder, `${ODD}.token`);
    const homes = [join(folder, `${ODD} home`), join(folder, "-quiet")];
    for (const [index, home] of homes.entries()) {
      await rename(await chain.makeAgentToken(), tokens);
      // Both have this machine's name: the first leaves before the second comes.
      const said = await configure(
        "-i",
        index === 0 ? host : `https://${host}`,
        "-P",
        tokens,
        "-d",
        home,
        ...(index === 0 ? [] : ["-q"]),
      );
      assert.deepEqual([said.code, said.stdout === ""], [0, index === 1], said.stderr);
      await assert.rejects(readFile(tokens), { code: "ENOENT" });
      if (index === 0) assert.equal(fieldOf(JSON.parse(said.stdout), "home"), home);
      await leewardJson(["agent", "unregister", "--home", home]);
    }
    await writeFile(tokens, "none");
    const refused = await configure("-i", host, "-P", tokens, "-d", join(folder, "third"));
    assert.deepEqual([refused.code, refused.stdout], [4, ""]);
    assert.match(refused.stderr, /token-invalid/);
    assert.equal(await readFile(tokens, "utf8"), "none", "a token that was not used stays");
  } finally {
    await chain.stop({ keep: false });
  }
});

test("it refuses what cannot be before anything is done, and says how it is called", async () => {
  const tokens = join(folder, "agent.token");
  await writeFile(tokens, "lw1.x.y");
  const refusals: readonly (readonly [RegExp, readonly string[]])[] = [
    [/say which config server: -i HOST/, []],
    [/say where the token is: -P FILE/, ["-i", "dr.example.org"]],
    [/-i needs a value/, ["-P", tokens, "-i"]],
    [/-P has an empty value/, ["-i", "dr.example.org", "-P", ""]],
    [/is no file/, ["-i", "dr.example.org", "-P", join(folder, "missing")]],
    [/-d takes an absolute path: home/, ["-i", "dr.example.org", "-P", tokens, "-d", "home"]],
    [/a name or address, or https/, ["-i", "http://dr.example.org", "-P", tokens]],
    [/unknown option --force/, ["--force"]],
    [/server-url-invalid/, ["-i", "dr.example.org/x y", "-P", tokens, "-d", join(folder, "fourth")]],
  ];
  for (const [why, args] of refusals) {
    const { code, stdout, stderr } = await configure(...args);
    assert.match(stderr, why, args.join(" "));
    assert.ok(code === 2 || code === 4, `${code}`);
    assert.equal(stdout, "");
  }
  assert.match((await configure("-h")).stdout, /^usage: UnifiedAgentConfigurator\.sh -i HOST -P FILE/);
  await assert.rejects(readFile("injected"), { code: "ENOENT" });
});
