import assert from "node:assert/strict";
import { test } from "node:test";
import type { DrillReport } from "@leeward/api";
import { escaped, reportHtml } from "./report-html.ts";

const EVIL = `"><script>alert('1')</script><img src=x onerror=alert(1)>&\u0007\u202e`;
const SHA = "ab".repeat(32);

function reportWith(text: string, png: string | null = "iVBORw0KGgo="): DrillReport {
  return {
    format: 1,
    drill: "d".repeat(32),
    installation: text,
    softwareVersion: text,
    outcome: "failed",
    problems: [{ code: text, message: text }],
    machine: { id: text, name: text },
    masterTarget: { id: text, name: text },
    asked: { by: text, scheduled: true, time: "2026-11-21T10:00:00.000000Z", at: text },
    settings: { checks: [text], bootDisk: text },
    point: {
      id: text,
      time: "2026-11-21T09:59:58.000000Z",
      validUntil: "2026-11-21T09:59:59.000000Z",
      consistency: "crash",
      missingDisks: [text],
    },
    failover: text,
    rpo: { seconds: 2, words: text },
    rto: { orderedAt: "2026-11-21T10:00:01.000000Z", startSeconds: 1.25, words: text },
    checks: [
      { check: text, ok: false, afterOrderSeconds: 3, said: text },
      { check: "agent", ok: null, afterOrderSeconds: null, said: "" },
    ],
    screen: { png, why: png === null ? text : null },
    proof: {
      kind: "full",
      result: "equal",
      words: text,
      windowBytes: 256 << 20,
      disks: [{ disk: text, name: text, sizeBytes: 1 << 30, before: SHA, after: null }],
    },
    cleanup: { done: true, endedAt: null, words: text },
    interruptions: [{ time: "2026-11-21T10:00:02.000000Z", state: "checking", why: text }],
    endedAt: "2026-11-21T10:01:00.000000Z",
  };
}

/** What the page is made of, by its own tags. */
function tagsOf(html: string): string[] {
  return [...new Set([...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name = ""]) => name.toLowerCase()))].toSorted();
}

void test("whatever a guest, a script or a person wrote, the page has the same tags, and runs and fetches nothing", () => {
  const plain = reportHtml({ report: reportWith("plain"), signature: "h..s" });
  const evil = reportHtml({ report: reportWith(EVIL), signature: EVIL });
  assert.deepEqual(tagsOf(evil), tagsOf(plain));
  assert.deepEqual(
    tagsOf(plain).filter((tag) => ["script", "iframe", "object", "link", "form", "a"].includes(tag)),
    [],
  );
  for (const html of [plain, evil]) {
    assert.equal(html.split("<img").length, 2);
    assert.doesNotMatch(html, /\bonerror=alert\(1\)>|https?:/);
    assert.ok(!html.includes("\u0007") && !html.includes("\u202e"));
    assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
  }
  assert.equal(escaped(`<&>"'\``), "&#60;&#38;&#62;&#34;&#39;&#96;");
});

void test("a screen that is no base64 does not get into the page", () => {
  for (const png of ['x" onerror="alert(1)', "", "a b", "AAAA=BBB"])
    assert.doesNotMatch(reportHtml({ report: reportWith("plain", png), signature: "s" }), /<img/);
});

void test("the page names outcome, times, digests, what was not made and the signature, and prints", () => {
  const html = reportHtml({ report: reportWith("plain"), signature: "header..proof" });
  for (const part of [
    "failed",
    "1.3 s",
    "3.0 s after the order",
    "not made",
    SHA,
    "not read",
    "header..proof",
    "@media print",
  ])
    assert.ok(html.includes(part), part);
});
