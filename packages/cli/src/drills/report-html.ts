// A drill's report as one page that needs nothing else: no script, no address, nothing that is fetched; it prints. Everything in it was written by somebody, a
// guest's console too: all of it is escaped, and the page forbids itself to run or load anything.
import type { DrillReport, SignedDrillReport } from "@leeward/api";
import { formatBytes } from "@leeward/base";
import { plainSeconds, plainTime } from "../human-text.ts";

const STYLE = `
body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1a1a1a}
h1{font-size:1.6em;margin-bottom:0}h2{font-size:1.15em;margin-top:2em;border-bottom:1px solid #bbb}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25em .6em .25em 0;border-bottom:1px solid #e2e2e2}
th{font-weight:600;width:12em}pre{white-space:pre-wrap;word-break:break-all;margin:0;font-size:.85em}
.outcome{font-size:1.2em;font-weight:700;padding:.3em .8em;border:2px solid;display:inline-block;margin:.6em 0}
.passed{color:#11692c}.failed{color:#a31515}img{max-width:100%;border:1px solid #999}
@media print{body{margin:0;max-width:none;font-size:11pt}h2,table,img{break-inside:avoid}h2{break-after:avoid}}
`;

/** The whole page. */
export function reportHtml({ report, signature }: SignedDrillReport): string {
  const title = `Drill of ${report.machine.name}, ${plainTime(report.asked.time)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
<p class="outcome ${report.outcome === "passed" ? "passed" : "failed"}">${escaped(report.outcome)}</p>
${report.problems.map(({ code, message }) => `<p class="failed">${escaped(message)} [${escaped(code)}]</p>`).join("\n")}
${factsOf(report)}
<h2>Checks</h2>${checksOf(report)}
<h2>Screen</h2>${screenOf(report)}
<h2>Proof that the replica did not change</h2>${proofOf(report)}
<h2>Cleanup</h2><p>${escaped(report.cleanup.words)}</p>
<h2>Interruptions</h2>${interruptionsOf(report)}
<h2>Signature</h2>
<p>The config server ${escaped(report.installation)} signed the report, by ES256 over its canonical JSON (RFC 7515, RFC 8785), with the certificate that its authority gave it.
This page is made from it and is not signed itself: <code>leeward drill report ${escaped(report.drill)} --json</code> prints what is, and <code>leeward drill verify</code> checks it.</p>
<pre>${escaped(signature)}</pre>
</body></html>
`;
}

/** As text between tags and in quotes; control characters, which a console may have, are shown and not sent on. */
export function escaped(text: string): string {
  const shown = text.replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, "\ufffd");
  return shown.replace(/[&<>"'`]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function factsOf({
  machine,
  masterTarget,
  asked,
  settings,
  point,
  rpo,
  rto,
  failover,
  drill,
  endedAt,
  softwareVersion,
}: DrillReport): string {
  const { checks: _, ...machineSettings } = settings;
  const facts: readonly (readonly [string, string])[] = [
    ["Machine", `${machine.name} (${machine.id})`],
    ["Master target", `${masterTarget.name} (${masterTarget.id})`],
    ["Drill", drill],
    ["Asked", `${plainTime(asked.time)} by ${asked.by}${asked.scheduled ? ", by schedule" : ""}; point: ${asked.at}`],
    [
      "Settings",
      Object.entries(machineSettings)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(", ") || "none",
    ],
    [
      "Recovery point",
      point === null ? "not chosen" : `${point.id} of ${plainTime(point.time)}, ${point.consistency}-consistent`,
    ],
    ["Disks missing in it", point === null || point.missingDisks.length === 0 ? "none" : point.missingDisks.join(", ")],
    ["Measured RPO", `${plainSeconds(rpo.seconds)}. ${rpo.words}`],
    ["Measured RTO, processor runs", `${plainSeconds(rto.startSeconds)}. ${rto.words}`],
    ["Test failover", failover ?? "none"],
    ["Ended", plainTime(endedAt)],
    ["Software", softwareVersion],
  ];
  return tableOf(facts.map(([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`));
}

function checksOf({ checks }: DrillReport): string {
  const rows = checks.map(({ check, ok, afterOrderSeconds, said }) => {
    const word = ok === null ? "not made" : ok ? "passed" : "failed";
    const decided = ok === null ? "" : `${plainSeconds(afterOrderSeconds)} after the order`;
    return `<tr><th>${escaped(check)}</th><td class="${ok === true ? "passed" : "failed"}">${word}</td><td>${escaped(decided)}</td><td><pre>${escaped(said)}</pre></td></tr>`;
  });
  return tableOf(rows);
}

function screenOf({ screen: { png, why } }: DrillReport): string {
  // What is no base64 is no picture: nothing else gets into the address.
  if (png === null || !/^[A-Za-z0-9+/]+={0,2}$/.test(png)) return `<p>${escaped(why ?? "It is no picture.")}</p>`;
  return `<img alt="The machine's screen after the checks" src="data:image/png;base64,${png}">`;
}

function proofOf({ proof }: DrillReport): string {
  const rows = proof.disks.map(({ name, sizeBytes, before, after }) => {
    const digests = `before ${before}\nafter  ${after ?? "not read"}`;
    return `<tr><th>${escaped(name)}</th><td>${escaped(formatBytes(sizeBytes))}</td><td><pre>${escaped(digests)}</pre></td></tr>`;
  });
  const windows = `The windows have ${formatBytes(proof.windowBytes)}.`;
  return `<p><strong>${escaped(proof.result)}</strong>. ${escaped(proof.words)} ${escaped(windows)}</p>${tableOf(rows)}`;
}

function interruptionsOf({ interruptions }: DrillReport): string {
  if (interruptions.length === 0) return "<p>None.</p>";
  return tableOf(
    interruptions.map(
      ({ time, state, why }) =>
        `<tr><th>${escaped(plainTime(time))}</th><td>${escaped(state)}</td><td>${escaped(why)}</td></tr>`,
    ),
  );
}

function tableOf(rows: readonly string[]): string {
  return rows.length === 0 ? "" : `<table>${rows.join("\n")}</table>`;
}
