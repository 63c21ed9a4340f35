import type { RequestBody, ResponseBody } from "@leeward/proto";

/** Which answer each request has. */
const ANSWERS = {
  listCandidates: "candidateList",
  createPoint: "point",
  listPoints: "pointList",
  openPoint: "openedPoint",
  closePoint: "done",
  listOpened: "openedList",
  savePoint: "savedPoint",
  cancelSave: "done",
  deleteHistory: "done",
  renewCertificate: "certificate",
  replicaDigests: "blockDigests",
  compareDigests: "comparison",
  recopyExtents: "done",
  resyncDisk: "resyncBegun",
  createGroupPoint: "groupPointMade",
  awaitPoint: "point",
  lockPoint: "done",
  unlockPoint: "done",
  findPoint: "point",
  startReplica: "replicaStatus",
  removeReplica: "done",
  readConsole: "consoleText",
  raiseEpoch: "done",
  haltReplica: "replicaHalted",
  absorbReplica: "point",
  replicaChanges: "replicaChangeList",
  replicaRead: "replicaContent",
  lookAtDevice: "deviceLook",
  checkReplica: "replicaChecked",
  replicaScreen: "screenPicture",
  runInReplica: "ranInReplica",
  pointDigest: "pointDigested",
  releasePoint: "done",
  pushAgent: "pushReport",
  takeTrust: "trustTaken",
} as const satisfies Record<RequestBody["kind"], ResponseBody["kind"]>;

export type RequestKind = RequestBody["kind"];

/** What the answer to a request of each kind holds. */
export type Answers = {
  readonly [Kind in RequestKind]: Extract<ResponseBody, { kind: (typeof ANSWERS)[Kind] }>["value"];
};

export function answerKindOf(kind: RequestKind): ResponseBody["kind"] {
  return ANSWERS[kind];
}

/** Whether `value`, which is the value of `body`, is what a request of kind `kind` is answered with. */
export function isAnswerTo<Kind extends RequestKind>(
  kind: Kind,
  body: ResponseBody,
  value: ResponseBody["value"],
): value is Answers[Kind] {
  return body.value === value && body.kind === ANSWERS[kind];
}
