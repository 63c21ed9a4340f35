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
  upgradeAgent: "done",
  readRelease: "releaseContent",
  listReleases: "releaseList",
  wrapKey: "wrappedKey",
  copyDisk: "resyncBegun",
  loadSeed: "seedLoaded",
  listHistory: "historyList",
  listMoments: "momentList",
} as const satisfies Record<RequestBody["kind"], ResponseBody["kind"]>;

/** The wire version that brought a request; those that are not here are as old as sessions. */
const SINCE: Partial<Record<RequestBody["kind"], number>> = {
  upgradeAgent: 2,
  readRelease: 2,
  listReleases: 2,
  wrapKey: 3,
  copyDisk: 3,
  loadSeed: 3,
  listHistory: 4,
  listMoments: 4,
};

export type RequestKind = RequestBody["kind"];

/** What the answer to a request of each kind holds. */
export type Answers = {
  readonly [Kind in RequestKind]: Extract<ResponseBody, { kind: (typeof ANSWERS)[Kind] }>["value"];
};

/** Whether who speaks that wire version knows the request; it would take it for a mistake, and end the session. */
export function isKnownIn(wireVersion: number, kind: RequestKind): boolean {
  return wireVersion >= (SINCE[kind] ?? 1);
}

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
