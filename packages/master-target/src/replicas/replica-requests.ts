import { orAborted } from "@leeward/base";
import type { RequestBody, ResponseBody } from "@leeward/proto";
import { pointItemOf } from "../serve/point-answers.ts";
import type { ReplicaContent } from "../serve/replica-content.ts";
import type { Replicas } from "./replicas.ts";

const KINDS = [
  "startReplica",
  "removeReplica",
  "readConsole",
  "checkReplica",
  "replicaScreen",
  "runInReplica",
  "haltReplica",
  "absorbReplica",
  "replicaChanges",
  "replicaRead",
] as const;

/** What the config server asks of replica machines. */
export type ReplicaRequest = Extract<RequestBody, { kind: (typeof KINDS)[number] }>;

export interface ReplicaRequestOptions {
  readonly replicas: Replicas;
  readonly content: ReplicaContent;
  /** Told when a point became recoverable. */
  readonly onPointStored: () => void;
}

export function isReplicaRequest(body: RequestBody): body is ReplicaRequest {
  return KINDS.some((kind) => kind === body.kind);
}

/** The signal ends the waiting, not what was begun. @throws Fault by name */
export async function answerReplica(
  { replicas, content, onPointStored }: ReplicaRequestOptions,
  body: ReplicaRequest,
  signal: AbortSignal,
): Promise<ResponseBody> {
  switch (body.kind) {
    case "startReplica":
      return { kind: "replicaStatus", value: await orAborted(replicas.start(body.value), signal) };
    case "removeReplica":
      await orAborted(replicas.remove(body.value.replicaId), signal);
      return { kind: "done", value: {} };
    case "readConsole":
      return { kind: "consoleText", value: { text: await replicas.questions.console(body.value.replicaId) } };
    case "checkReplica":
      return { kind: "replicaChecked", value: { results: await replicas.questions.check(body.value, signal) } };
    case "replicaScreen":
      return { kind: "screenPicture", value: { png: await replicas.questions.screen(body.value.replicaId) } };
    case "runInReplica":
      return { kind: "ranInReplica", value: await replicas.questions.runScript(body.value, signal) };
    case "haltReplica": {
      const { replicaId, graceSeconds } = body.value;
      return { kind: "replicaHalted", value: await orAborted(replicas.halt(replicaId, graceSeconds), signal) };
    }
    case "absorbReplica": {
      const { replicaId, pointId } = body.value;
      const point = await orAborted(replicas.absorb(replicaId, pointId), signal);
      onPointStored();
      return { kind: "point", value: pointItemOf(point) };
    }
    case "replicaChanges":
      return { kind: "replicaChangeList", value: await content.changes(body.value, signal) };
    case "replicaRead":
      return { kind: "replicaContent", value: await content.read(body.value, signal) };
    default:
      return body satisfies never;
  }
}
