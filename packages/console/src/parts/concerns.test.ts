import assert from "node:assert/strict";
import { test } from "node:test";
import type { StatusItem } from "@leeward/api";
import { concernsOf, isSeenTo, type StandingAlert } from "./concerns.ts";

const ALERT: StandingAlert = {
  id: "1",
  code: "disk-gap",
  severity: "warning",
  subjectKind: "disk",
  subject: "web/data",
  machine: null,
  message: "No point is made.",
  remedy: "Look at it.",
  openedAt: "2026-01-02T00:00:00.000000Z",
  state: "open",
  acknowledgedBy: null,
};
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a concern asks a machine for its id and name alone
const MACHINES = [{ id: "m1", name: "web" }] as never;

test("what an alert says is not said again by the status, and each leads to its machine", () => {
  const item = {
    code: "disk-gap",
    severity: "warning",
    subject: "web/data",
    message: "x",
    remedy: "y",
    since: null,
  } as const;
  const key = { ...item, code: "recovery-key-not-exported", subject: null } as const;
  const concerns = concernsOf({ alerts: [ALERT], items: [item, key], machines: MACHINES });
  assert.deepEqual(
    concerns.map(({ alert, href, subject }) => [alert, href, subject]),
    [
      [null, null, null],
      ["1", "/machines/m1", "web/data"],
    ],
  );
});

test("the worst comes first, and of the same the oldest", () => {
  const later = { ...ALERT, id: "2", subject: "web", openedAt: "2026-01-03T00:00:00.000000Z" };
  const worst = { ...ALERT, id: "3", severity: "critical", openedAt: "2026-01-09T00:00:00.000000Z" } as const;
  const concerns = concernsOf({ alerts: [later, ALERT, worst], items: [], machines: [] });
  assert.deepEqual(
    concerns.map(({ alert }) => alert),
    ["3", "1", "2"],
  );
});

test("what is no machine's leads to where it is mended", () => {
  const hrefs = (["server", "plan", "installation", "disk"] as const).map(
    (subjectKind) =>
      concernsOf({ alerts: [{ ...ALERT, subjectKind, subject: "other" }], items: [], machines: MACHINES })[0]?.href,
  );
  assert.deepEqual(hrefs, ["/infrastructure", "/plans", "/settings", null]);
});

test("what is acknowledged is still said, once, behind what nobody sees to, and not to be acknowledged again", () => {
  const seen: StandingAlert = {
    ...ALERT,
    id: "2",
    code: "cache-full",
    severity: "critical",
    state: "acknowledged",
    acknowledgedBy: "ann",
  };
  const item: StatusItem = {
    code: "cache-full",
    severity: "critical",
    subject: "web/data",
    message: "x",
    remedy: "y",
    since: null,
  };
  const concerns = concernsOf({
    alerts: [seen, ALERT],
    items: [item],
    machines: MACHINES,
  });
  assert.deepEqual(
    concerns.map(({ key, alert, acknowledgedBy }) => [key, alert, acknowledgedBy]),
    [
      ["1", "1", undefined],
      ["2", null, "ann"],
    ],
  );
  assert.deepEqual(concerns.map(isSeenTo), [false, true]);
});
