import { posix } from "node:path";
import type { SignedDrillReport } from "@leeward/api";
import { Fault, parseTime } from "@leeward/base";
import { type DocumentSigner, verifyDocument } from "@leeward/identity";
import { type Files, readFile } from "@leeward/world";
import { requireFresh } from "../fresh-file.ts";

const REPORT_BYTES_MAX = 64 * 1024 * 1024;
const CA_BYTES_MAX = 1 << 20;

/** Writes what did not exist. @throws Fault `file-exists` */
export async function writeFresh(files: Files, path: string, text: string): Promise<void> {
  await requireFresh(files, path);
  await using file = await files.open(path, "create");
  await file.write([new TextEncoder().encode(text)], 0);
  await file.datasync();
  await files.syncFolder(posix.dirname(path));
}

/** A report in a file, and who signed it. @throws Fault `report-damaged`, `signature-invalid` */
export async function verifiedReport(
  files: Files,
  { path, caPath }: { readonly path: string; readonly caPath: string },
): Promise<{ readonly signed: SignedDrillReport; readonly signer: DocumentSigner }> {
  const signed = await parsed(path, await readFile(files, path, REPORT_BYTES_MAX));
  const caPem = new TextDecoder().decode(await readFile(files, caPath, CA_BYTES_MAX));
  const atMicros = parseTime(signed.report.endedAt);
  return { signed, signer: await verifyDocument(signed.report, signed.signature, { caPem, atMicros }) };
}

/** Fields that this release does not know are part of what was signed, and stay. */
async function parsed(path: string, bytes: Uint8Array): Promise<SignedDrillReport> {
  const { isSignedDrillReport } = await import("@leeward/api");
  try {
    const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isSignedDrillReport(document)) return document;
    throw new SyntaxError("it has other fields");
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof TypeError)) throw cause;
    throw new Fault({
      code: "report-damaged",
      kind: "corruption",
      message: `${path} is not the signed report of a drill.`,
      remedy: "Fetch it again: `leeward drill report ID --json`.",
      detail: { path },
      cause,
    });
  }
}
