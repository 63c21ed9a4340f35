import assert from "node:assert/strict";
import { test } from "node:test";
import { noRequests, requestsPerGb } from "./request-counts.ts";

test("requests are counted against the bytes that were sent, and against nothing where there were none", () => {
  assert.equal(requestsPerGb(noRequests()), undefined);
  assert.equal(requestsPerGb({ ...noRequests(), gets: 5, receivedBytes: 1e9 }), undefined);
  const counts = { puts: 60, gets: 20, lists: 10, removes: 10, retries: 7, sentBytes: 5e8, receivedBytes: 1e9 };
  assert.equal(requestsPerGb(counts), 200);
});
