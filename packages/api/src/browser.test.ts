import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

void test("the browser's entry loads nothing of Node, and names nothing that only Node has", async () => {
  const loaded: string[] = [];
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      loaded.push(resolved.url);
      return resolved;
    },
  });
  const { ApiClient, browserTransport } = await import("./index.ts");
  hooks.deregister();
  assert.equal(import.meta.resolve("@leeward/api"), import.meta.resolve("./index.ts"));
  assert.ok(new ApiClient({ transport: browserTransport({ csrfToken: () => undefined }) }) instanceof ApiClient);
  const own = loaded.filter((url) => url.includes("/packages/")).map((url) => fileURLToPath(url));
  assert.ok(own.length > 20, `${own.length} files`);
  assert.deepEqual(
    loaded.filter((url) => !url.startsWith("file:")),
    [],
  );
  const nodeOnly = own.filter((path) => /\b(Buffer|process)\.\w/.test(readFileSync(path, "utf8")));
  assert.deepEqual(nodeOnly, []);
});
