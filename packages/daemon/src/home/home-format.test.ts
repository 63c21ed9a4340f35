import assert from "node:assert/strict";
import { test } from "node:test";
import { type Files, readFile, replaceFile } from "@leeward/world";
import { crashSweep, simulatedWorld } from "@leeward/world/testing";
import { adoptHome, type HomeOptions, readFormat } from "./home-format.ts";

const HOME = "/srv/home";
const V1: HomeOptions = { role: "agent", version: 1, migrations: [] };
const V2: HomeOptions = {
  role: "agent",
  version: 2,
  migrations: [
    {
      version: 2,
      async migrate(files, home) {
        await write(
          files,
          `${home}/deep`,
          "a",
          `${(await read(files, `${home}/deep/a`)).replace(" migrated", "")} migrated`,
        );
      },
    },
  ],
};

const write = (files: Files, folder: string, name: string, text: string): Promise<void> =>
  replaceFile(files, folder, name, new TextEncoder().encode(text));

const read = async (files: Files, path: string): Promise<string> =>
  new TextDecoder().decode(await readFile(files, path, 1_000));

async function firstHome(files: Files): Promise<void> {
  await files.makeFolder("/srv");
  await files.syncFolder("/");
  await adoptHome(files, HOME, V1);
  await files.syncFolder("/srv");
  await files.makeFolder(`${HOME}/deep`);
  await write(files, `${HOME}/deep`, "a", "old");
  await files.syncFolder(HOME);
}

void test("a home is begun, then known again", async () => {
  const { files } = simulatedWorld({ seed: 1 });
  await firstHome(files);
  await adoptHome(files, HOME, V1);
  assert.deepEqual(await readFormat(files, HOME), { role: "agent", version: 1 });
});

void test("a newer home and another daemon's home are refused untouched", async () => {
  const { files } = simulatedWorld({ seed: 1 });
  await firstHome(files);
  await adoptHome(files, HOME, V2);
  const before = files.operations;
  await assert.rejects(adoptHome(files, HOME, V1), { code: "home-newer" });
  await assert.rejects(adoptHome(files, HOME, { ...V2, role: "process-server" }), { code: "home-foreign" });
  assert.ok(files.operations - before < 20);
  assert.equal(await read(files, `${HOME}/deep/a`), "old migrated");
  assert.deepEqual(await readFormat(files, HOME), { role: "agent", version: 2 });
});

void test("a format that cannot be read, or not be reached, is a fault", async () => {
  const { files } = simulatedWorld({ seed: 1 });
  await firstHome(files);
  await assert.rejects(adoptHome(files, HOME, { role: "agent", version: 3, migrations: V2.migrations }), {
    code: "home-migration-missing",
  });
  for (const text of ["", "{", '{"role":"agent"}', '{"role":"agent","version":0}']) {
    await write(files, HOME, "format.json", text);
    await assert.rejects(adoptHome(files, HOME, V1), { code: "home-format-damaged" }, text);
  }
});

void test("a migration that is cut off anywhere goes on at the next start, and the copy holds what was", async () => {
  const operations = await crashSweep(
    {
      prepare: firstHome,
      work: (files) => adoptHome(files, HOME, V2),
      async verify(files, { done }) {
        const version = (await readFormat(files, HOME))?.version;
        assert.ok(version === 2 || (!done && version === 1));
        if (version === 2) assert.equal(await read(files, `${HOME}/deep/a`), "old migrated");
        await adoptHome(files, HOME, V2);
        assert.equal(await read(files, `${HOME}/deep/a`), "old migrated");
        assert.equal(await read(files, `${HOME}.before-v2/deep/a`), "old");
      },
    },
    { seed: 20261120 },
  );
  assert.ok(operations > 20);
});
