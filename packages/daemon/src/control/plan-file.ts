// HOME/plan.bin: the newest plan that the config server gave, so that the daemon does its work without it.
//
//   0         4          8                end
//   ┌─────────┬──────────┬────────────────┐
//   │ "LWP1"  │ CRC-32C  │ message        │   the checksum is little-endian, over the message: a control notice that holds the plan
//   └─────────┴──────────┴────────────────┘
//
// Replaced whole and durably before the plan is applied. A file that does not check is a Fault, never half a plan.
import { Fault, viewOf } from "@leeward/base";
import { checksumOf, decodeEnvelope, encodeEnvelope, type NoticeBody } from "@leeward/proto";
import { type Files, readFile, replaceFile } from "@leeward/world";
import { PLAN_BYTES_MAX } from "./control-limits.ts";

const PLAN_NAME = "plan.bin";
const MAGIC = 0x31_50_57_4c;
const HEAD_BYTES = 8;

/** The stored plan; undefined when there is none yet. @throws Fault `plan-damaged` */
export async function readPlan(files: Files, home: string): Promise<NoticeBody | undefined> {
  const path = `${home}/${PLAN_NAME}`;
  if ((await files.status(path)) === undefined) return undefined;
  const bytes = await readFile(files, path, PLAN_BYTES_MAX);
  if (bytes.length < HEAD_BYTES) throw damaged(path);
  const message = bytes.subarray(HEAD_BYTES);
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== checksumOf([message])) throw damaged(path);
  const { body } = decodeEnvelope(message);
  if (body.kind !== "controlNotice") throw damaged(path);
  return body.value.body;
}

/** Durable when it settles. */
export async function writePlan(files: Files, home: string, plan: NoticeBody): Promise<void> {
  const message = Buffer.concat(encodeEnvelope({ kind: "controlNotice", value: { body: plan } }));
  const bytes = new Uint8Array(HEAD_BYTES + message.length);
  viewOf(bytes).setUint32(0, MAGIC, true);
  viewOf(bytes).setUint32(4, checksumOf([message]), true);
  bytes.set(message, HEAD_BYTES);
  await replaceFile(files, home, PLAN_NAME, bytes);
}

function damaged(path: string): Fault {
  return new Fault({
    code: "plan-damaged",
    kind: "corruption",
    message: `${path} does not hold the plan that was stored. The next one from the config server replaces it.`,
    detail: { path },
  });
}
