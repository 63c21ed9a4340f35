import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openApi } from "@leeward/api/openapi";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";

const ROOT = join(import.meta.dirname, "../../..");
const text = readFileSync(join(ROOT, "docs/openapi.json"), "utf8");

async function lint(source: string): Promise<string[]> {
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lintFromString({ source, absoluteRef: "/openapi.json", config });
  return problems.map(({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer ?? ""}: ${message}`);
}

void test("docs/openapi.json is valid OpenAPI 3.1", async () => {
  const result = await new Validator().validate(text);
  assert.deepEqual(result, { valid: true });
});

void test("Redocly's recommended rules find nothing in it, and would", async () => {
  assert.deepEqual(await lint(text), []);
  const found = await lint(
    text.replaceAll('"4XX"', '"2XX"').replace('"operationId": "showJob"', '"operationId": "listJobs"'),
  );
  assert.ok(found.some((each) => each.startsWith("operation-4xx-response")));
  assert.ok(found.some((each) => each.startsWith("operation-operationId-unique")));
});

void test("the page and the client are those of the table of routes", () => {
  assert.deepEqual(JSON.parse(text), openApi("0.1.0"));
  execFileSync(process.execPath, [join(ROOT, "scripts/src/api.ts"), "--check"]);
});

void test("every operation says who may call it, and how errors look", () => {
  const page: unknown = JSON.parse(text);
  assert.ok(isPage(page));
  const { paths, components } = page;
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  assert.ok(operations.length > 80);
  assert.deepEqual(Object.keys(components.securitySchemes), ["bearer", "cookie", "certificate"]);
  for (const { operationId, security, responses } of operations) {
    assert.ok(Array.isArray(security), operationId);
    for (const status of ["4XX", "5XX"])
      assert.deepEqual(responses[status], { $ref: "#/components/responses/Problem" }, operationId);
  }
});

interface Page {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: object };
}

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, unknown>>;
}

/** The schema of OpenAPI itself has said the rest of it above. */
function isPage(page: unknown): page is Page {
  return typeof page === "object" && page !== null && "paths" in page && "components" in page;
}
