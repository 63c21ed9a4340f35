import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import { parseStoreUrl } from "./store-url.ts";

test("a folder", () => {
  assert.deepEqual(parseStoreUrl("file:///mnt/journals/"), { kind: "folder", folder: "/mnt/journals" });
  assert.deepEqual(parseStoreUrl("file:///mnt/of%20them"), { kind: "folder", folder: "/mnt/of them" });
});

test("a container of Azure, with and without what has a default", () => {
  const whole = parseStoreUrl(
    "azure://devstoreaccount1/journals/site/one?endpoint=https://127.0.0.1:10000/devstoreaccount1/",
  );
  assert.deepEqual(whole, {
    kind: "azure",
    account: "devstoreaccount1",
    container: "journals",
    prefix: "site/one",
    endpoint: "https://127.0.0.1:10000/devstoreaccount1",
  });
  const plain = parseStoreUrl("azure://account1/journals");
  assert.deepEqual(plain, {
    kind: "azure",
    account: "account1",
    container: "journals",
    prefix: "",
    endpoint: "https://account1.blob.core.windows.net",
  });
  assert.deepEqual(parseStoreUrl("https://account1.blob.core.windows.net/journals/"), plain);
  assert.deepEqual(parseStoreUrl("https://account1.blob.core.usgovcloudapi.net/journals"), {
    ...plain,
    endpoint: "https://account1.blob.core.usgovcloudapi.net",
  });
});

test("a bucket of S3, of AWS and of others", () => {
  assert.deepEqual(parseStoreUrl("s3://my.bucket/site?region=eu-central-1"), {
    kind: "s3",
    bucket: "my.bucket",
    prefix: "site",
    region: "eu-central-1",
    endpoint: undefined,
    pathStyle: false,
  });
  assert.deepEqual(parseStoreUrl("s3://bucket?endpoint=https://store.example:9000&pathStyle=true"), {
    kind: "s3",
    bucket: "bucket",
    prefix: "",
    region: "us-east-1",
    endpoint: "https://store.example:9000",
    pathStyle: true,
  });
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["", /no URL/],
  ["/mnt/journals", /no URL/],
  ["ftp://a/b", /begins with none/],
  ["http://account1.blob.core.windows.net/journals", /begins with none/],
  ["file://host/folder", /third slash/],
  ["file:///", /names no folder/],
  ["file:///a%zz", /no character/],
  ["file:///a?b=c", /"b", which is not known/],
  ["azure://account1", /comes a container/],
  ["azure://account1/UPPER", /comes a container/],
  ["azure://a/journals", /3 to 24/],
  ["azure://account1/journals/a b", /prefix/],
  ["azure://account1/journals/../b", /container|prefix/],
  ["azure://account1/journals//b", /prefix/],
  [`azure://account1/journals/${"p".repeat(255)}/bc`, /prefix/],
  ["azure://account1/journals?endpoint=http://127.0.0.1:10000/x", /no https/],
  ["azure://account1/journals?endpoint=https://a&endpoint=https://b", /twice/],
  ["azure://account1/journals?region=x", /"region", which is not known/],
  ["https://example.com/journals", /Azure Blob alone/],
  ["https://account1.blob.core.windows.net/journals?endpoint=https://a", /"endpoint"/],
  ["s3://bucket", /region/],
  ["s3://bucket?region=", /region/],
  ["s3://Bucket_?region=a", /a bucket has/],
  ["s3://bucket?region=a&pathStyle=yes", /pathStyle/],
  ["s3://bucket?region=a#b", /fragment/],
];

test("what is none is refused, with the reason", () => {
  for (const [url, why] of REFUSED) {
    assert.throws(() => parseStoreUrl(url), { code: "store-url-invalid", message: why }, url);
  }
});

test("a secret in a URL is refused, and not shown", () => {
  for (const url of [
    "azure://name:hushhush@account1/journals",
    "s3://hushhush@bucket?region=a",
    "https://account1.blob.core.windows.net/journals?sv=2024&sig=hushhush",
    "azure://account1/journals?sig=hushhush",
    "azure://account1/journals?key=hushhush",
    "azure://account1/journals?accountKey=hushhush",
    "s3://bucket?region=a&secretAccessKey=hushhush",
    "s3://bucket?region=a&X-Amz-Signature=hushhush",
    "azure://account1/journals?endpoint=https://name:hushhush@a/",
    "azure://account1/journals?endpoint=https://a/?sig=hushhush",
  ]) {
    assert.throws(
      () => parseStoreUrl(url),
      (error) => isFault(error, "store-url-invalid") && !JSON.stringify([error.message, error.detail]).includes("hush"),
      url,
    );
  }
});
