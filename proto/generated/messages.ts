// Made by `npm run proto` from proto/*.proto. Do not edit.
import * as field from "../src/message-field.ts";

export interface RawEnvelope {
  readonly hello?: RawHello | null | undefined;
  readonly welcome?: RawWelcome | null | undefined;
  readonly farewell?: RawFarewell | null | undefined;
  readonly ping?: RawPing | null | undefined;
  readonly pong?: RawPong | null | undefined;
  readonly credit?: RawCredit | null | undefined;
  readonly diskOffer?: RawDiskOffer | null | undefined;
  readonly diskPosition?: RawDiskPosition | null | undefined;
  readonly records?: RawRecords | null | undefined;
  readonly segmentPart?: RawSegmentPart | null | undefined;
  readonly pointRecord?: RawPointRecord | null | undefined;
  readonly pointStored?: RawPointStored | null | undefined;
  readonly groupAsk?: RawGroupAsk | null | undefined;
  readonly groupAnswer?: RawGroupAnswer | null | undefined;
  readonly controlRequest?: RawControlRequest | null | undefined;
  readonly controlResponse?: RawControlResponse | null | undefined;
  readonly controlNotice?: RawControlNotice | null | undefined;
  readonly cacheHead?: RawCacheHead | null | undefined;
  readonly cacheWord?: RawCacheWord | null | undefined;
}

/** The head of every message of a session. A payload (frames, parts of a segment) follows it outside of the message. */
export type Envelope =
  | { readonly kind: "hello"; readonly value: Hello }
  | { readonly kind: "welcome"; readonly value: Welcome }
  | { readonly kind: "farewell"; readonly value: Farewell }
  | { readonly kind: "ping"; readonly value: Ping }
  | { readonly kind: "pong"; readonly value: Pong }
  | { readonly kind: "credit"; readonly value: Credit }
  | { readonly kind: "diskOffer"; readonly value: DiskOffer }
  | { readonly kind: "diskPosition"; readonly value: DiskPosition }
  | { readonly kind: "records"; readonly value: Records }
  | { readonly kind: "segmentPart"; readonly value: SegmentPart }
  | { readonly kind: "pointRecord"; readonly value: PointRecord }
  | { readonly kind: "pointStored"; readonly value: PointStored }
  | { readonly kind: "groupAsk"; readonly value: GroupAsk }
  | { readonly kind: "groupAnswer"; readonly value: GroupAnswer }
  | { readonly kind: "controlRequest"; readonly value: ControlRequest }
  | { readonly kind: "controlResponse"; readonly value: ControlResponse }
  | { readonly kind: "controlNotice"; readonly value: ControlNotice }
  | { readonly kind: "cacheHead"; readonly value: CacheHead }
  | { readonly kind: "cacheWord"; readonly value: CacheWord };

export function readEnvelope(raw: RawEnvelope): Envelope {
  const found: Envelope[] = [];
  if (raw.hello !== undefined && raw.hello !== null) found.push({ kind: "hello", value: readHello(raw.hello) });
  if (raw.welcome !== undefined && raw.welcome !== null) found.push({ kind: "welcome", value: readWelcome(raw.welcome) });
  if (raw.farewell !== undefined && raw.farewell !== null) found.push({ kind: "farewell", value: readFarewell(raw.farewell) });
  if (raw.ping !== undefined && raw.ping !== null) found.push({ kind: "ping", value: readPing(raw.ping) });
  if (raw.pong !== undefined && raw.pong !== null) found.push({ kind: "pong", value: readPong(raw.pong) });
  if (raw.credit !== undefined && raw.credit !== null) found.push({ kind: "credit", value: readCredit(raw.credit) });
  if (raw.diskOffer !== undefined && raw.diskOffer !== null) found.push({ kind: "diskOffer", value: readDiskOffer(raw.diskOffer) });
  if (raw.diskPosition !== undefined && raw.diskPosition !== null) found.push({ kind: "diskPosition", value: readDiskPosition(raw.diskPosition) });
  if (raw.records !== undefined && raw.records !== null) found.push({ kind: "records", value: readRecords(raw.records) });
  if (raw.segmentPart !== undefined && raw.segmentPart !== null) found.push({ kind: "segmentPart", value: readSegmentPart(raw.segmentPart) });
  if (raw.pointRecord !== undefined && raw.pointRecord !== null) found.push({ kind: "pointRecord", value: readPointRecord(raw.pointRecord) });
  if (raw.pointStored !== undefined && raw.pointStored !== null) found.push({ kind: "pointStored", value: readPointStored(raw.pointStored) });
  if (raw.groupAsk !== undefined && raw.groupAsk !== null) found.push({ kind: "groupAsk", value: readGroupAsk(raw.groupAsk) });
  if (raw.groupAnswer !== undefined && raw.groupAnswer !== null) found.push({ kind: "groupAnswer", value: readGroupAnswer(raw.groupAnswer) });
  if (raw.controlRequest !== undefined && raw.controlRequest !== null) found.push({ kind: "controlRequest", value: readControlRequest(raw.controlRequest) });
  if (raw.controlResponse !== undefined && raw.controlResponse !== null) found.push({ kind: "controlResponse", value: readControlResponse(raw.controlResponse) });
  if (raw.controlNotice !== undefined && raw.controlNotice !== null) found.push({ kind: "controlNotice", value: readControlNotice(raw.controlNotice) });
  if (raw.cacheHead !== undefined && raw.cacheHead !== null) found.push({ kind: "cacheHead", value: readCacheHead(raw.cacheHead) });
  if (raw.cacheWord !== undefined && raw.cacheWord !== null) found.push({ kind: "cacheWord", value: readCacheWord(raw.cacheWord) });
  return field.only(found, "Envelope");
}

export function writeEnvelope(plain: Envelope): RawEnvelope {
  switch (plain.kind) {
    case "hello":
      return { hello: readHello(plain.value) };
    case "welcome":
      return { welcome: readWelcome(plain.value) };
    case "farewell":
      return { farewell: readFarewell(plain.value) };
    case "ping":
      return { ping: readPing(plain.value) };
    case "pong":
      return { pong: readPong(plain.value) };
    case "credit":
      return { credit: readCredit(plain.value) };
    case "diskOffer":
      return { diskOffer: readDiskOffer(plain.value) };
    case "diskPosition":
      return { diskPosition: readDiskPosition(plain.value) };
    case "records":
      return { records: readRecords(plain.value) };
    case "segmentPart":
      return { segmentPart: readSegmentPart(plain.value) };
    case "pointRecord":
      return { pointRecord: readPointRecord(plain.value) };
    case "pointStored":
      return { pointStored: readPointStored(plain.value) };
    case "groupAsk":
      return { groupAsk: readGroupAsk(plain.value) };
    case "groupAnswer":
      return { groupAnswer: readGroupAnswer(plain.value) };
    case "controlRequest":
      return { controlRequest: writeControlRequest(plain.value) };
    case "controlResponse":
      return { controlResponse: writeControlResponse(plain.value) };
    case "controlNotice":
      return { controlNotice: writeControlNotice(plain.value) };
    case "cacheHead":
      return { cacheHead: readCacheHead(plain.value) };
    case "cacheWord":
      return { cacheWord: readCacheWord(plain.value) };
  }
}

interface RawHello {
  readonly wireVersionMin?: field.Integer | null | undefined;
  readonly wireVersionMax?: field.Integer | null | undefined;
  readonly softwareVersion?: string | null | undefined;
  readonly bootId?: string | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly wallMicros?: field.Integer | null | undefined;
  readonly creditBytes?: field.Integer | null | undefined;
  readonly instance?: string | null | undefined;
  readonly hostName?: string | null | undefined;
  readonly isCopy?: boolean | null | undefined;
}

/** The first message, from whoever connected. */
export interface Hello {
  readonly wireVersionMin: number;
  readonly wireVersionMax: number;
  readonly softwareVersion: string;
  readonly bootId: string;
  /** The highest epoch that the sender knows for its machine; 0 where it has none. */
  readonly epoch: number;
  readonly wallMicros: number;
  /** How many bytes of messages the other end may send before it gets more credit: it sends while any is left (session.md). */
  readonly creditBytes: number;
  /** Which run of its daemon this is: another one with each start. Empty where it says nothing. */
  readonly instance: string;
  /** What its host is called, for people. */
  readonly hostName: string;
  /** It knows by itself that it runs on a copy of a home whose identity is another host's. */
  readonly isCopy: boolean;
}

function readHello(raw: RawHello): Hello {
  return {
    wireVersionMin: field.unsigned(raw.wireVersionMin, { where: "Hello.wireVersionMin", min: 1, max: 4294967295 }),
    wireVersionMax: field.unsigned(raw.wireVersionMax, { where: "Hello.wireVersionMax", min: 1, max: 4294967295 }),
    softwareVersion: field.text(raw.softwareVersion, { where: "Hello.softwareVersion", min: 0, max: 4096 }),
    bootId: field.maybeEmpty(raw.bootId, "Hello.bootId", field.name),
    epoch: field.unsigned(raw.epoch, { where: "Hello.epoch", min: 0, max: 9007199254740991 }),
    wallMicros: field.unsigned(raw.wallMicros, { where: "Hello.wallMicros", min: 0, max: 9007199254740991 }),
    creditBytes: field.unsigned(raw.creditBytes, { where: "Hello.creditBytes", min: 65536, max: 9007199254740991 }),
    instance: field.text(raw.instance, { where: "Hello.instance", min: 0, max: 4096 }),
    hostName: field.text(raw.hostName, { where: "Hello.hostName", min: 0, max: 4096 }),
    isCopy: field.bool(raw.isCopy, "Hello.isCopy"),
  };
}

interface RawWelcome {
  readonly wireVersion?: field.Integer | null | undefined;
  readonly softwareVersion?: string | null | undefined;
  readonly wallMicros?: field.Integer | null | undefined;
  readonly creditBytes?: field.Integer | null | undefined;
}

/** The answer to Hello. */
export interface Welcome {
  readonly wireVersion: number;
  readonly softwareVersion: string;
  readonly wallMicros: number;
  readonly creditBytes: number;
}

function readWelcome(raw: RawWelcome): Welcome {
  return {
    wireVersion: field.unsigned(raw.wireVersion, { where: "Welcome.wireVersion", min: 1, max: 4294967295 }),
    softwareVersion: field.text(raw.softwareVersion, { where: "Welcome.softwareVersion", min: 0, max: 4096 }),
    wallMicros: field.unsigned(raw.wallMicros, { where: "Welcome.wallMicros", min: 0, max: 9007199254740991 }),
    creditBytes: field.unsigned(raw.creditBytes, { where: "Welcome.creditBytes", min: 65536, max: 9007199254740991 }),
  };
}

interface RawFarewell {
  readonly fault?: RawFaultReport | null | undefined;
}

/** The last message before a close that is meant; `fault` says why when something is wrong. */
export interface Farewell {
  readonly fault?: FaultReport | undefined;
}

function readFarewell(raw: RawFarewell): Farewell {
  return {
    ...(raw.fault !== undefined && raw.fault !== null && { fault: readFaultReport(raw.fault) }),
  };
}

interface RawPing {
  readonly number?: field.Integer | null | undefined;
}

export interface Ping {
  readonly number: number;
}

function readPing(raw: RawPing): Ping {
  return {
    number: field.unsigned(raw.number, { where: "Ping.number", min: 0, max: 9007199254740991 }),
  };
}

interface RawPong {
  readonly number?: field.Integer | null | undefined;
  readonly wallMicros?: field.Integer | null | undefined;
}

export interface Pong {
  readonly number: number;
  readonly wallMicros: number;
}

function readPong(raw: RawPong): Pong {
  return {
    number: field.unsigned(raw.number, { where: "Pong.number", min: 0, max: 9007199254740991 }),
    wallMicros: field.unsigned(raw.wallMicros, { where: "Pong.wallMicros", min: 0, max: 9007199254740991 }),
  };
}

interface RawCredit {
  readonly bytes?: field.Integer | null | undefined;
}

/** The receiver has done with messages of so many bytes; the sender may send as many more. */
export interface Credit {
  readonly bytes: number;
}

function readCredit(raw: RawCredit): Credit {
  return {
    bytes: field.unsigned(raw.bytes, { where: "Credit.bytes", min: 1, max: 9007199254740991 }),
  };
}

interface RawFaultReport {
  readonly code?: string | null | undefined;
  readonly kind?: string | null | undefined;
  readonly message?: string | null | undefined;
  readonly detail?: Readonly<Record<string, string>> | null | undefined;
  readonly remedy?: string | null | undefined;
}

export interface FaultReport {
  readonly code: string;
  readonly kind: "transient" | "discontinuity" | "corruption" | "protocol" | "operator";
  readonly message: string;
  readonly detail: Readonly<Record<string, string>>;
  /** What a person should do; empty when the peer did not say. */
  readonly remedy: string;
}

function readFaultReport(raw: RawFaultReport): FaultReport {
  return {
    code: field.name(raw.code, "FaultReport.code"),
    kind: field.oneOf(raw.kind, "FaultReport.kind", ["transient", "discontinuity", "corruption", "protocol", "operator"]),
    message: field.text(raw.message, { where: "FaultReport.message", min: 0, max: 4096 }),
    detail: field.map(raw.detail, { where: "FaultReport.detail", itemsMax: 64 }, (item) => field.text(item, { where: "FaultReport.detail", min: 0, max: 4096 })),
    remedy: field.text(raw.remedy, { where: "FaultReport.remedy", min: 0, max: 4096 }),
  };
}

interface RawBranchPosition {
  readonly branch?: string | null | undefined;
  readonly sequence?: field.Integer | null | undefined;
}

export interface BranchPosition {
  readonly branch: string;
  readonly sequence: number;
}

function readBranchPosition(raw: RawBranchPosition): BranchPosition {
  return {
    branch: field.id128(raw.branch, "BranchPosition.branch"),
    sequence: field.unsigned(raw.sequence, { where: "BranchPosition.sequence", min: 0, max: 9007199254740991 }),
  };
}

interface RawDiskOffer {
  readonly machineId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly parent?: RawBranchPosition | null | undefined;
  readonly sizeBytes?: field.Integer | null | undefined;
  readonly blockBytes?: field.Integer | null | undefined;
  readonly physicalBlockBytes?: field.Integer | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly term?: field.Integer | null | undefined;
  readonly heldFrom?: field.Integer | null | undefined;
}

/** Agent to process server, process server to master target: "I hold this disk's branch, where do you stand?" */
export interface DiskOffer {
  readonly machineId: string;
  readonly diskId: string;
  readonly branch: string;
  /** Where this branch began; none for a first branch. */
  readonly parent?: BranchPosition | undefined;
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly physicalBlockBytes: number;
  readonly epoch: number;
  /** The forwarding lease's term; 0 from an agent. */
  readonly term: number;
  /** To a further target of the disk: the first sequence of the branch that is held for it. What it lacks before that is held nowhere any more, so it goes on behind the hole. 0 to all others: they go on from where they stand. */
  readonly heldFrom: number;
}

function readDiskOffer(raw: RawDiskOffer): DiskOffer {
  return {
    machineId: field.id128(raw.machineId, "DiskOffer.machineId"),
    diskId: field.id128(raw.diskId, "DiskOffer.diskId"),
    branch: field.id128(raw.branch, "DiskOffer.branch"),
    ...(raw.parent !== undefined && raw.parent !== null && { parent: readBranchPosition(raw.parent) }),
    sizeBytes: field.unsigned(raw.sizeBytes, { where: "DiskOffer.sizeBytes", min: 0, max: 9007199254740991 }),
    blockBytes: field.unsigned(raw.blockBytes, { where: "DiskOffer.blockBytes", min: 512, max: 4294967295 }),
    physicalBlockBytes: field.unsigned(raw.physicalBlockBytes, { where: "DiskOffer.physicalBlockBytes", min: 512, max: 4294967295 }),
    epoch: field.unsigned(raw.epoch, { where: "DiskOffer.epoch", min: 0, max: 9007199254740991 }),
    term: field.unsigned(raw.term, { where: "DiskOffer.term", min: 0, max: 9007199254740991 }),
    heldFrom: field.unsigned(raw.heldFrom, { where: "DiskOffer.heldFrom", min: 0, max: 9007199254740991 }),
  };
}

interface RawDiskPosition {
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly cachedSequence?: field.Integer | null | undefined;
  readonly journaledSequence?: field.Integer | null | undefined;
  readonly refused?: RawFaultReport | null | undefined;
}

/** The answer to DiskOffer, and from then on every acknowledgement. Both sequences only rise within a branch. */
export interface DiskPosition {
  readonly diskId: string;
  /** Empty when the receiver holds nothing of the disk. */
  readonly branch: string;
  readonly cachedSequence: number;
  readonly journaledSequence: number;
  /** Set when the disk is not taken (lease elsewhere, older epoch, unknown disk, no space): the sender waits or stops by its kind. */
  readonly refused?: FaultReport | undefined;
}

function readDiskPosition(raw: RawDiskPosition): DiskPosition {
  return {
    diskId: field.id128(raw.diskId, "DiskPosition.diskId"),
    branch: field.maybeEmpty(raw.branch, "DiskPosition.branch", field.id128),
    cachedSequence: field.unsigned(raw.cachedSequence, { where: "DiskPosition.cachedSequence", min: 0, max: 9007199254740991 }),
    journaledSequence: field.unsigned(raw.journaledSequence, { where: "DiskPosition.journaledSequence", min: 0, max: 9007199254740991 }),
    ...(raw.refused !== undefined && raw.refused !== null && { refused: readFaultReport(raw.refused) }),
  };
}

interface RawRecords {
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly from?: field.Integer | null | undefined;
  readonly to?: field.Integer | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
}

/** One frame of the change log, verbatim, as payload. */
export interface Records {
  readonly diskId: string;
  readonly branch: string;
  readonly from: number;
  readonly to: number;
  readonly epoch: number;
}

function readRecords(raw: RawRecords): Records {
  return {
    diskId: field.id128(raw.diskId, "Records.diskId"),
    branch: field.id128(raw.branch, "Records.branch"),
    from: field.unsigned(raw.from, { where: "Records.from", min: 1, max: 9007199254740991 }),
    to: field.unsigned(raw.to, { where: "Records.to", min: 1, max: 9007199254740991 }),
    epoch: field.unsigned(raw.epoch, { where: "Records.epoch", min: 0, max: 9007199254740991 }),
  };
}

interface RawSegmentPart {
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly from?: field.Integer | null | undefined;
  readonly to?: field.Integer | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly term?: field.Integer | null | undefined;
  readonly position?: field.Integer | null | undefined;
  readonly totalBytes?: field.Integer | null | undefined;
  readonly sha256?: Uint8Array | null | undefined;
}

/** A part of a sealed segment, as payload. Parts of one segment come in order; a new `position` 0 begins again. */
export interface SegmentPart {
  readonly diskId: string;
  readonly branch: string;
  readonly from: number;
  readonly to: number;
  readonly epoch: number;
  readonly term: number;
  readonly position: number;
  readonly totalBytes: number;
  readonly sha256: Uint8Array;
}

function readSegmentPart(raw: RawSegmentPart): SegmentPart {
  return {
    diskId: field.id128(raw.diskId, "SegmentPart.diskId"),
    branch: field.id128(raw.branch, "SegmentPart.branch"),
    from: field.unsigned(raw.from, { where: "SegmentPart.from", min: 1, max: 9007199254740991 }),
    to: field.unsigned(raw.to, { where: "SegmentPart.to", min: 1, max: 9007199254740991 }),
    epoch: field.unsigned(raw.epoch, { where: "SegmentPart.epoch", min: 0, max: 9007199254740991 }),
    term: field.unsigned(raw.term, { where: "SegmentPart.term", min: 0, max: 9007199254740991 }),
    position: field.unsigned(raw.position, { where: "SegmentPart.position", min: 0, max: 9007199254740991 }),
    totalBytes: field.unsigned(raw.totalBytes, { where: "SegmentPart.totalBytes", min: 1, max: 9007199254740991 }),
    sha256: field.binary(raw.sha256, { where: "SegmentPart.sha256", min: 32, max: 32 }),
  };
}

interface RawPointMember {
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly sequence?: field.Integer | null | undefined;
}

export interface PointMember {
  readonly diskId: string;
  readonly branch: string;
  readonly sequence: number;
}

function readPointMember(raw: RawPointMember): PointMember {
  return {
    diskId: field.id128(raw.diskId, "PointMember.diskId"),
    branch: field.id128(raw.branch, "PointMember.branch"),
    sequence: field.unsigned(raw.sequence, { where: "PointMember.sequence", min: 0, max: 9007199254740991 }),
  };
}

interface RawPointRecord {
  readonly id?: string | null | undefined;
  readonly machineId?: string | null | undefined;
  readonly number?: field.Integer | null | undefined;
  readonly timeMicros?: field.Integer | null | undefined;
  readonly validUntilMicros?: field.Integer | null | undefined;
  readonly kind?: string | null | undefined;
  readonly consistency?: string | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly members?: readonly RawPointMember[] | null | undefined;
  readonly missingDiskIds?: readonly string[] | null | undefined;
}

/** A recovery point of a machine, made when all its disks have reported. Sent again until it is stored. */
export interface PointRecord {
  readonly id: string;
  readonly machineId: string;
  readonly number: number;
  readonly timeMicros: number;
  /** While nothing is written, the last point is said again with a later validity. */
  readonly validUntilMicros: number;
  readonly kind: "auto" | "mark" | "group";
  readonly consistency: "crash" | "file-system" | "application";
  readonly epoch: number;
  readonly members: readonly PointMember[];
  /** Protected disks that could not take part. */
  readonly missingDiskIds: readonly string[];
}

function readPointRecord(raw: RawPointRecord): PointRecord {
  return {
    id: field.name(raw.id, "PointRecord.id"),
    machineId: field.id128(raw.machineId, "PointRecord.machineId"),
    number: field.unsigned(raw.number, { where: "PointRecord.number", min: 0, max: 9007199254740991 }),
    timeMicros: field.unsigned(raw.timeMicros, { where: "PointRecord.timeMicros", min: 0, max: 9007199254740991 }),
    validUntilMicros: field.unsigned(raw.validUntilMicros, { where: "PointRecord.validUntilMicros", min: 0, max: 9007199254740991 }),
    kind: field.oneOf(raw.kind, "PointRecord.kind", ["auto", "mark", "group"]),
    consistency: field.oneOf(raw.consistency, "PointRecord.consistency", ["crash", "file-system", "application"]),
    epoch: field.unsigned(raw.epoch, { where: "PointRecord.epoch", min: 0, max: 9007199254740991 }),
    members: field.list(raw.members, { where: "PointRecord.members", itemsMax: 1024 }, readPointMember),
    missingDiskIds: field.list(raw.missingDiskIds, { where: "PointRecord.missingDiskIds", itemsMax: 1024 }, (item) => field.id128(item, "PointRecord.missingDiskIds")),
  };
}

interface RawPointStored {
  readonly machineId?: string | null | undefined;
  readonly number?: field.Integer | null | undefined;
  readonly validUntilMicros?: field.Integer | null | undefined;
  readonly refused?: RawFaultReport | null | undefined;
}

/** The master target holds the point durably and can recover all its members; or, with `refused`, never will. */
export interface PointStored {
  readonly machineId: string;
  readonly number: number;
  readonly validUntilMicros: number;
  readonly refused?: FaultReport | undefined;
}

function readPointStored(raw: RawPointStored): PointStored {
  return {
    machineId: field.id128(raw.machineId, "PointStored.machineId"),
    number: field.unsigned(raw.number, { where: "PointStored.number", min: 0, max: 9007199254740991 }),
    validUntilMicros: field.unsigned(raw.validUntilMicros, { where: "PointStored.validUntilMicros", min: 0, max: 9007199254740991 }),
    ...(raw.refused !== undefined && raw.refused !== null && { refused: readFaultReport(raw.refused) }),
  };
}

interface RawGroupAsk {
  readonly pointId?: string | null | undefined;
  readonly step?: string | null | undefined;
  readonly revisionId?: string | null | undefined;
  readonly consistency?: string | null | undefined;
}

/** One member of a consistency group to another: a step of a round that makes one point of the group. A step is answered once; a release is not. `freeze` is asked only of a member whose answer to `prepare` names a time for it. */
export interface GroupAsk {
  /** The point that the round makes; it names the round. Its first 12 digits are those of the group's revision. */
  readonly pointId: string;
  readonly step: "prepare" | "freeze" | "hold" | "mark" | "release";
  /** The membership that the round is for; another one is refused. */
  readonly revisionId: string;
  readonly consistency: "crash" | "file-system" | "application";
}

function readGroupAsk(raw: RawGroupAsk): GroupAsk {
  return {
    pointId: field.id128(raw.pointId, "GroupAsk.pointId"),
    step: field.oneOf(raw.step, "GroupAsk.step", ["prepare", "freeze", "hold", "mark", "release"]),
    revisionId: field.id128(raw.revisionId, "GroupAsk.revisionId"),
    consistency: field.oneOf(raw.consistency, "GroupAsk.consistency", ["crash", "file-system", "application"]),
  };
}

interface RawGroupAnswer {
  readonly pointId?: string | null | undefined;
  readonly step?: string | null | undefined;
  readonly outcome?: string | null | undefined;
  readonly freezeMs?: field.Integer | null | undefined;
}

/** `done` says of a freeze that what can be frozen is, of a hold that writes are held now, of a mark that it was raised while they had been held without a break. */
export interface GroupAnswer {
  readonly pointId: string;
  readonly step: "prepare" | "freeze" | "hold" | "mark" | "release";
  readonly outcome: "done" | "expired" | "plan-differs";
  /** To `prepare`: how long the member's file systems are frozen at most, by its own timer, from `freeze` to the mark; 0 where none has to be. */
  readonly freezeMs: number;
}

function readGroupAnswer(raw: RawGroupAnswer): GroupAnswer {
  return {
    pointId: field.id128(raw.pointId, "GroupAnswer.pointId"),
    step: field.oneOf(raw.step, "GroupAnswer.step", ["prepare", "freeze", "hold", "mark", "release"]),
    outcome: field.oneOf(raw.outcome, "GroupAnswer.outcome", ["done", "expired", "plan-differs"]),
    freezeMs: field.unsigned(raw.freezeMs, { where: "GroupAnswer.freezeMs", min: 0, max: 4294967295 }),
  };
}

interface RawControlRequest {
  readonly id?: field.Integer | null | undefined;
  readonly body?: RawRequestBody | null | undefined;
}

/** Requests and responses are matched by `id`, which rises per sender. Either end may ask. */
export interface ControlRequest {
  readonly id: number;
  readonly body: RequestBody;
}

function readControlRequest(raw: RawControlRequest): ControlRequest {
  return {
    id: field.unsigned(raw.id, { where: "ControlRequest.id", min: 1, max: 9007199254740991 }),
    body: readRequestBody(field.required(raw.body, "ControlRequest.body")),
  };
}

function writeControlRequest(raw: ControlRequest): RawControlRequest {
  return {
    id: field.unsigned(raw.id, { where: "ControlRequest.id", min: 1, max: 9007199254740991 }),
    body: writeRequestBody(field.required(raw.body, "ControlRequest.body")),
  };
}

interface RawControlResponse {
  readonly id?: field.Integer | null | undefined;
  readonly fault?: RawFaultReport | null | undefined;
  readonly body?: RawResponseBody | null | undefined;
}

/** Either a fault or a body. */
export interface ControlResponse {
  readonly id: number;
  readonly fault?: FaultReport | undefined;
  readonly body?: ResponseBody | undefined;
}

function readControlResponse(raw: RawControlResponse): ControlResponse {
  return {
    id: field.unsigned(raw.id, { where: "ControlResponse.id", min: 1, max: 9007199254740991 }),
    ...(raw.fault !== undefined && raw.fault !== null && { fault: readFaultReport(raw.fault) }),
    ...(raw.body !== undefined && raw.body !== null && { body: readResponseBody(raw.body) }),
  };
}

function writeControlResponse(raw: ControlResponse): RawControlResponse {
  return {
    id: field.unsigned(raw.id, { where: "ControlResponse.id", min: 1, max: 9007199254740991 }),
    ...(raw.fault !== undefined && raw.fault !== null && { fault: readFaultReport(raw.fault) }),
    ...(raw.body !== undefined && raw.body !== null && { body: writeResponseBody(raw.body) }),
  };
}

interface RawControlNotice {
  readonly body?: RawNoticeBody | null | undefined;
}

/** Said without an answer: plans downwards, status upwards. Only the newest of a kind counts. */
export interface ControlNotice {
  readonly body: NoticeBody;
}

function readControlNotice(raw: RawControlNotice): ControlNotice {
  return {
    body: readNoticeBody(field.required(raw.body, "ControlNotice.body")),
  };
}

function writeControlNotice(raw: ControlNotice): RawControlNotice {
  return {
    body: writeNoticeBody(field.required(raw.body, "ControlNotice.body")),
  };
}

interface RawCacheHead {
  readonly course?: field.Integer | null | undefined;
}

/** Which course the agent is in. Its Hello follows it in the object. */
export interface CacheHead {
  readonly course: number;
}

function readCacheHead(raw: RawCacheHead): CacheHead {
  return {
    course: field.unsigned(raw.course, { where: "CacheHead.course", min: 1, max: 9007199254740991 }),
  };
}

interface RawCacheWord {
  readonly course?: field.Integer | null | undefined;
  readonly collected?: field.Integer | null | undefined;
  readonly doneCourse?: field.Integer | null | undefined;
  readonly done?: field.Integer | null | undefined;
  readonly fault?: RawFaultReport | null | undefined;
}

/** Where the process server is in the machine's cache container. The newest position of each disk, and what became of points, follow it in the object. */
export interface CacheWord {
  /** In which it is. All deposits of courses before it were collected. */
  readonly course: number;
  /** The last deposit of the course that is durable in its cache. */
  readonly collected: number;
  /** What is not needed any more: all courses before this one, and of this one the deposits up to `done`. */
  readonly doneCourse: number;
  readonly done: number;
  /** Nothing more of the course is taken. */
  readonly fault?: FaultReport | undefined;
}

function readCacheWord(raw: RawCacheWord): CacheWord {
  return {
    course: field.unsigned(raw.course, { where: "CacheWord.course", min: 1, max: 9007199254740991 }),
    collected: field.unsigned(raw.collected, { where: "CacheWord.collected", min: 0, max: 9007199254740991 }),
    doneCourse: field.unsigned(raw.doneCourse, { where: "CacheWord.doneCourse", min: 1, max: 9007199254740991 }),
    done: field.unsigned(raw.done, { where: "CacheWord.done", min: 0, max: 9007199254740991 }),
    ...(raw.fault !== undefined && raw.fault !== null && { fault: readFaultReport(raw.fault) }),
  };
}

interface RawNoticeBody {
  readonly agentPlan?: RawAgentPlan | null | undefined;
  readonly agentStatus?: RawAgentStatus | null | undefined;
  readonly processServerPlan?: RawProcessServerPlan | null | undefined;
  readonly processServerStatus?: RawProcessServerStatus | null | undefined;
  readonly masterTargetPlan?: RawMasterTargetPlan | null | undefined;
  readonly masterTargetStatus?: RawMasterTargetStatus | null | undefined;
  readonly event?: RawEventReport | null | undefined;
  readonly trustList?: RawTrustList | null | undefined;
}

export type NoticeBody =
  | { readonly kind: "agentPlan"; readonly value: AgentPlan }
  | { readonly kind: "agentStatus"; readonly value: AgentStatus }
  | { readonly kind: "processServerPlan"; readonly value: ProcessServerPlan }
  | { readonly kind: "processServerStatus"; readonly value: ProcessServerStatus }
  | { readonly kind: "masterTargetPlan"; readonly value: MasterTargetPlan }
  | { readonly kind: "masterTargetStatus"; readonly value: MasterTargetStatus }
  | { readonly kind: "event"; readonly value: EventReport }
  | { readonly kind: "trustList"; readonly value: TrustList };

function readNoticeBody(raw: RawNoticeBody): NoticeBody {
  const found: NoticeBody[] = [];
  if (raw.agentPlan !== undefined && raw.agentPlan !== null) found.push({ kind: "agentPlan", value: readAgentPlan(raw.agentPlan) });
  if (raw.agentStatus !== undefined && raw.agentStatus !== null) found.push({ kind: "agentStatus", value: readAgentStatus(raw.agentStatus) });
  if (raw.processServerPlan !== undefined && raw.processServerPlan !== null) found.push({ kind: "processServerPlan", value: readProcessServerPlan(raw.processServerPlan) });
  if (raw.processServerStatus !== undefined && raw.processServerStatus !== null) found.push({ kind: "processServerStatus", value: readProcessServerStatus(raw.processServerStatus) });
  if (raw.masterTargetPlan !== undefined && raw.masterTargetPlan !== null) found.push({ kind: "masterTargetPlan", value: readMasterTargetPlan(raw.masterTargetPlan) });
  if (raw.masterTargetStatus !== undefined && raw.masterTargetStatus !== null) found.push({ kind: "masterTargetStatus", value: readMasterTargetStatus(raw.masterTargetStatus) });
  if (raw.event !== undefined && raw.event !== null) found.push({ kind: "event", value: readEventReport(raw.event) });
  if (raw.trustList !== undefined && raw.trustList !== null) found.push({ kind: "trustList", value: readTrustList(raw.trustList) });
  return field.only(found, "NoticeBody");
}

function writeNoticeBody(plain: NoticeBody): RawNoticeBody {
  switch (plain.kind) {
    case "agentPlan":
      return { agentPlan: readAgentPlan(plain.value) };
    case "agentStatus":
      return { agentStatus: readAgentStatus(plain.value) };
    case "processServerPlan":
      return { processServerPlan: readProcessServerPlan(plain.value) };
    case "processServerStatus":
      return { processServerStatus: readProcessServerStatus(plain.value) };
    case "masterTargetPlan":
      return { masterTargetPlan: readMasterTargetPlan(plain.value) };
    case "masterTargetStatus":
      return { masterTargetStatus: readMasterTargetStatus(plain.value) };
    case "event":
      return { event: readEventReport(plain.value) };
    case "trustList":
      return { trustList: readTrustList(plain.value) };
  }
}

interface RawRequestBody {
  readonly listCandidates?: RawListCandidates | null | undefined;
  readonly createPoint?: RawCreatePoint | null | undefined;
  readonly listPoints?: RawListPoints | null | undefined;
  readonly openPoint?: RawOpenPoint | null | undefined;
  readonly closePoint?: RawClosePoint | null | undefined;
  readonly listOpened?: RawListOpened | null | undefined;
  readonly savePoint?: RawSavePoint | null | undefined;
  readonly deleteHistory?: RawDeleteHistory | null | undefined;
  readonly renewCertificate?: RawRenewCertificate | null | undefined;
  readonly cancelSave?: RawCancelSave | null | undefined;
  readonly replicaDigests?: RawReplicaDigests | null | undefined;
  readonly compareDigests?: RawCompareDigests | null | undefined;
  readonly recopyExtents?: RawRecopyExtents | null | undefined;
  readonly resyncDisk?: RawResyncDisk | null | undefined;
  readonly createGroupPoint?: RawCreateGroupPoint | null | undefined;
  readonly awaitPoint?: RawAwaitPoint | null | undefined;
  readonly lockPoint?: RawLockPoint | null | undefined;
  readonly unlockPoint?: RawUnlockPoint | null | undefined;
  readonly findPoint?: RawFindPoint | null | undefined;
  readonly startReplica?: RawStartReplica | null | undefined;
  readonly removeReplica?: RawRemoveReplica | null | undefined;
  readonly readConsole?: RawReadConsole | null | undefined;
  readonly raiseEpoch?: RawRaiseEpoch | null | undefined;
  readonly haltReplica?: RawHaltReplica | null | undefined;
  readonly absorbReplica?: RawAbsorbReplica | null | undefined;
  readonly replicaChanges?: RawReplicaChanges | null | undefined;
  readonly replicaRead?: RawReplicaRead | null | undefined;
  readonly lookAtDevice?: RawLookAtDevice | null | undefined;
  readonly checkReplica?: RawCheckReplica | null | undefined;
  readonly replicaScreen?: RawReplicaScreen | null | undefined;
  readonly pointDigest?: RawPointDigest | null | undefined;
  readonly releasePoint?: RawReleasePoint | null | undefined;
  readonly runInReplica?: RawRunInReplica | null | undefined;
  readonly pushAgent?: RawPushAgent | null | undefined;
  readonly takeTrust?: RawTakeTrust | null | undefined;
  readonly upgradeAgent?: RawUpgradeAgent | null | undefined;
  readonly readRelease?: RawReadRelease | null | undefined;
  readonly listReleases?: RawListReleases | null | undefined;
  readonly wrapKey?: RawWrapKey | null | undefined;
  readonly copyDisk?: RawCopyDisk | null | undefined;
  readonly loadSeed?: RawLoadSeed | null | undefined;
  readonly listHistory?: RawListHistory | null | undefined;
  readonly listMoments?: RawListMoments | null | undefined;
}

export type RequestBody =
  | { readonly kind: "listCandidates"; readonly value: ListCandidates }
  | { readonly kind: "createPoint"; readonly value: CreatePoint }
  | { readonly kind: "listPoints"; readonly value: ListPoints }
  | { readonly kind: "openPoint"; readonly value: OpenPoint }
  | { readonly kind: "closePoint"; readonly value: ClosePoint }
  | { readonly kind: "listOpened"; readonly value: ListOpened }
  | { readonly kind: "savePoint"; readonly value: SavePoint }
  | { readonly kind: "deleteHistory"; readonly value: DeleteHistory }
  | { readonly kind: "renewCertificate"; readonly value: RenewCertificate }
  | { readonly kind: "cancelSave"; readonly value: CancelSave }
  | { readonly kind: "replicaDigests"; readonly value: ReplicaDigests }
  | { readonly kind: "compareDigests"; readonly value: CompareDigests }
  | { readonly kind: "recopyExtents"; readonly value: RecopyExtents }
  | { readonly kind: "resyncDisk"; readonly value: ResyncDisk }
  | { readonly kind: "createGroupPoint"; readonly value: CreateGroupPoint }
  | { readonly kind: "awaitPoint"; readonly value: AwaitPoint }
  | { readonly kind: "lockPoint"; readonly value: LockPoint }
  | { readonly kind: "unlockPoint"; readonly value: UnlockPoint }
  | { readonly kind: "findPoint"; readonly value: FindPoint }
  | { readonly kind: "startReplica"; readonly value: StartReplica }
  | { readonly kind: "removeReplica"; readonly value: RemoveReplica }
  | { readonly kind: "readConsole"; readonly value: ReadConsole }
  | { readonly kind: "raiseEpoch"; readonly value: RaiseEpoch }
  | { readonly kind: "haltReplica"; readonly value: HaltReplica }
  | { readonly kind: "absorbReplica"; readonly value: AbsorbReplica }
  | { readonly kind: "replicaChanges"; readonly value: ReplicaChanges }
  | { readonly kind: "replicaRead"; readonly value: ReplicaRead }
  | { readonly kind: "lookAtDevice"; readonly value: LookAtDevice }
  | { readonly kind: "checkReplica"; readonly value: CheckReplica }
  | { readonly kind: "replicaScreen"; readonly value: ReplicaScreen }
  | { readonly kind: "pointDigest"; readonly value: PointDigest }
  | { readonly kind: "releasePoint"; readonly value: ReleasePoint }
  | { readonly kind: "runInReplica"; readonly value: RunInReplica }
  | { readonly kind: "pushAgent"; readonly value: PushAgent }
  | { readonly kind: "takeTrust"; readonly value: TakeTrust }
  | { readonly kind: "upgradeAgent"; readonly value: UpgradeAgent }
  | { readonly kind: "readRelease"; readonly value: ReadRelease }
  | { readonly kind: "listReleases"; readonly value: ListReleases }
  | { readonly kind: "wrapKey"; readonly value: WrapKey }
  | { readonly kind: "copyDisk"; readonly value: CopyDisk }
  | { readonly kind: "loadSeed"; readonly value: LoadSeed }
  | { readonly kind: "listHistory"; readonly value: ListHistory }
  | { readonly kind: "listMoments"; readonly value: ListMoments };

function readRequestBody(raw: RawRequestBody): RequestBody {
  const found: RequestBody[] = [];
  if (raw.listCandidates !== undefined && raw.listCandidates !== null) found.push({ kind: "listCandidates", value: readListCandidates(raw.listCandidates) });
  if (raw.createPoint !== undefined && raw.createPoint !== null) found.push({ kind: "createPoint", value: readCreatePoint(raw.createPoint) });
  if (raw.listPoints !== undefined && raw.listPoints !== null) found.push({ kind: "listPoints", value: readListPoints(raw.listPoints) });
  if (raw.openPoint !== undefined && raw.openPoint !== null) found.push({ kind: "openPoint", value: readOpenPoint(raw.openPoint) });
  if (raw.closePoint !== undefined && raw.closePoint !== null) found.push({ kind: "closePoint", value: readClosePoint(raw.closePoint) });
  if (raw.listOpened !== undefined && raw.listOpened !== null) found.push({ kind: "listOpened", value: readListOpened(raw.listOpened) });
  if (raw.savePoint !== undefined && raw.savePoint !== null) found.push({ kind: "savePoint", value: readSavePoint(raw.savePoint) });
  if (raw.deleteHistory !== undefined && raw.deleteHistory !== null) found.push({ kind: "deleteHistory", value: readDeleteHistory(raw.deleteHistory) });
  if (raw.renewCertificate !== undefined && raw.renewCertificate !== null) found.push({ kind: "renewCertificate", value: readRenewCertificate(raw.renewCertificate) });
  if (raw.cancelSave !== undefined && raw.cancelSave !== null) found.push({ kind: "cancelSave", value: readCancelSave(raw.cancelSave) });
  if (raw.replicaDigests !== undefined && raw.replicaDigests !== null) found.push({ kind: "replicaDigests", value: readReplicaDigests(raw.replicaDigests) });
  if (raw.compareDigests !== undefined && raw.compareDigests !== null) found.push({ kind: "compareDigests", value: readCompareDigests(raw.compareDigests) });
  if (raw.recopyExtents !== undefined && raw.recopyExtents !== null) found.push({ kind: "recopyExtents", value: readRecopyExtents(raw.recopyExtents) });
  if (raw.resyncDisk !== undefined && raw.resyncDisk !== null) found.push({ kind: "resyncDisk", value: readResyncDisk(raw.resyncDisk) });
  if (raw.createGroupPoint !== undefined && raw.createGroupPoint !== null) found.push({ kind: "createGroupPoint", value: readCreateGroupPoint(raw.createGroupPoint) });
  if (raw.awaitPoint !== undefined && raw.awaitPoint !== null) found.push({ kind: "awaitPoint", value: readAwaitPoint(raw.awaitPoint) });
  if (raw.lockPoint !== undefined && raw.lockPoint !== null) found.push({ kind: "lockPoint", value: readLockPoint(raw.lockPoint) });
  if (raw.unlockPoint !== undefined && raw.unlockPoint !== null) found.push({ kind: "unlockPoint", value: readUnlockPoint(raw.unlockPoint) });
  if (raw.findPoint !== undefined && raw.findPoint !== null) found.push({ kind: "findPoint", value: readFindPoint(raw.findPoint) });
  if (raw.startReplica !== undefined && raw.startReplica !== null) found.push({ kind: "startReplica", value: readStartReplica(raw.startReplica) });
  if (raw.removeReplica !== undefined && raw.removeReplica !== null) found.push({ kind: "removeReplica", value: readRemoveReplica(raw.removeReplica) });
  if (raw.readConsole !== undefined && raw.readConsole !== null) found.push({ kind: "readConsole", value: readReadConsole(raw.readConsole) });
  if (raw.raiseEpoch !== undefined && raw.raiseEpoch !== null) found.push({ kind: "raiseEpoch", value: readRaiseEpoch(raw.raiseEpoch) });
  if (raw.haltReplica !== undefined && raw.haltReplica !== null) found.push({ kind: "haltReplica", value: readHaltReplica(raw.haltReplica) });
  if (raw.absorbReplica !== undefined && raw.absorbReplica !== null) found.push({ kind: "absorbReplica", value: readAbsorbReplica(raw.absorbReplica) });
  if (raw.replicaChanges !== undefined && raw.replicaChanges !== null) found.push({ kind: "replicaChanges", value: readReplicaChanges(raw.replicaChanges) });
  if (raw.replicaRead !== undefined && raw.replicaRead !== null) found.push({ kind: "replicaRead", value: readReplicaRead(raw.replicaRead) });
  if (raw.lookAtDevice !== undefined && raw.lookAtDevice !== null) found.push({ kind: "lookAtDevice", value: readLookAtDevice(raw.lookAtDevice) });
  if (raw.checkReplica !== undefined && raw.checkReplica !== null) found.push({ kind: "checkReplica", value: readCheckReplica(raw.checkReplica) });
  if (raw.replicaScreen !== undefined && raw.replicaScreen !== null) found.push({ kind: "replicaScreen", value: readReplicaScreen(raw.replicaScreen) });
  if (raw.pointDigest !== undefined && raw.pointDigest !== null) found.push({ kind: "pointDigest", value: readPointDigest(raw.pointDigest) });
  if (raw.releasePoint !== undefined && raw.releasePoint !== null) found.push({ kind: "releasePoint", value: readReleasePoint(raw.releasePoint) });
  if (raw.runInReplica !== undefined && raw.runInReplica !== null) found.push({ kind: "runInReplica", value: readRunInReplica(raw.runInReplica) });
  if (raw.pushAgent !== undefined && raw.pushAgent !== null) found.push({ kind: "pushAgent", value: readPushAgent(raw.pushAgent) });
  if (raw.takeTrust !== undefined && raw.takeTrust !== null) found.push({ kind: "takeTrust", value: readTakeTrust(raw.takeTrust) });
  if (raw.upgradeAgent !== undefined && raw.upgradeAgent !== null) found.push({ kind: "upgradeAgent", value: readUpgradeAgent(raw.upgradeAgent) });
  if (raw.readRelease !== undefined && raw.readRelease !== null) found.push({ kind: "readRelease", value: readReadRelease(raw.readRelease) });
  if (raw.listReleases !== undefined && raw.listReleases !== null) found.push({ kind: "listReleases", value: readListReleases(raw.listReleases) });
  if (raw.wrapKey !== undefined && raw.wrapKey !== null) found.push({ kind: "wrapKey", value: readWrapKey(raw.wrapKey) });
  if (raw.copyDisk !== undefined && raw.copyDisk !== null) found.push({ kind: "copyDisk", value: readCopyDisk(raw.copyDisk) });
  if (raw.loadSeed !== undefined && raw.loadSeed !== null) found.push({ kind: "loadSeed", value: readLoadSeed(raw.loadSeed) });
  if (raw.listHistory !== undefined && raw.listHistory !== null) found.push({ kind: "listHistory", value: readListHistory(raw.listHistory) });
  if (raw.listMoments !== undefined && raw.listMoments !== null) found.push({ kind: "listMoments", value: readListMoments(raw.listMoments) });
  return field.only(found, "RequestBody");
}

function writeRequestBody(plain: RequestBody): RawRequestBody {
  switch (plain.kind) {
    case "listCandidates":
      return { listCandidates: readListCandidates(plain.value) };
    case "createPoint":
      return { createPoint: readCreatePoint(plain.value) };
    case "listPoints":
      return { listPoints: readListPoints(plain.value) };
    case "openPoint":
      return { openPoint: readOpenPoint(plain.value) };
    case "closePoint":
      return { closePoint: readClosePoint(plain.value) };
    case "listOpened":
      return { listOpened: readListOpened(plain.value) };
    case "savePoint":
      return { savePoint: readSavePoint(plain.value) };
    case "deleteHistory":
      return { deleteHistory: readDeleteHistory(plain.value) };
    case "renewCertificate":
      return { renewCertificate: readRenewCertificate(plain.value) };
    case "cancelSave":
      return { cancelSave: readCancelSave(plain.value) };
    case "replicaDigests":
      return { replicaDigests: readReplicaDigests(plain.value) };
    case "compareDigests":
      return { compareDigests: readCompareDigests(plain.value) };
    case "recopyExtents":
      return { recopyExtents: readRecopyExtents(plain.value) };
    case "resyncDisk":
      return { resyncDisk: readResyncDisk(plain.value) };
    case "createGroupPoint":
      return { createGroupPoint: readCreateGroupPoint(plain.value) };
    case "awaitPoint":
      return { awaitPoint: readAwaitPoint(plain.value) };
    case "lockPoint":
      return { lockPoint: readLockPoint(plain.value) };
    case "unlockPoint":
      return { unlockPoint: readUnlockPoint(plain.value) };
    case "findPoint":
      return { findPoint: readFindPoint(plain.value) };
    case "startReplica":
      return { startReplica: readStartReplica(plain.value) };
    case "removeReplica":
      return { removeReplica: readRemoveReplica(plain.value) };
    case "readConsole":
      return { readConsole: readReadConsole(plain.value) };
    case "raiseEpoch":
      return { raiseEpoch: readRaiseEpoch(plain.value) };
    case "haltReplica":
      return { haltReplica: readHaltReplica(plain.value) };
    case "absorbReplica":
      return { absorbReplica: readAbsorbReplica(plain.value) };
    case "replicaChanges":
      return { replicaChanges: readReplicaChanges(plain.value) };
    case "replicaRead":
      return { replicaRead: readReplicaRead(plain.value) };
    case "lookAtDevice":
      return { lookAtDevice: readLookAtDevice(plain.value) };
    case "checkReplica":
      return { checkReplica: readCheckReplica(plain.value) };
    case "replicaScreen":
      return { replicaScreen: readReplicaScreen(plain.value) };
    case "pointDigest":
      return { pointDigest: readPointDigest(plain.value) };
    case "releasePoint":
      return { releasePoint: readReleasePoint(plain.value) };
    case "runInReplica":
      return { runInReplica: readRunInReplica(plain.value) };
    case "pushAgent":
      return { pushAgent: readPushAgent(plain.value) };
    case "takeTrust":
      return { takeTrust: readTakeTrust(plain.value) };
    case "upgradeAgent":
      return { upgradeAgent: readUpgradeAgent(plain.value) };
    case "readRelease":
      return { readRelease: readReadRelease(plain.value) };
    case "listReleases":
      return { listReleases: readListReleases(plain.value) };
    case "wrapKey":
      return { wrapKey: readWrapKey(plain.value) };
    case "copyDisk":
      return { copyDisk: readCopyDisk(plain.value) };
    case "loadSeed":
      return { loadSeed: readLoadSeed(plain.value) };
    case "listHistory":
      return { listHistory: readListHistory(plain.value) };
    case "listMoments":
      return { listMoments: readListMoments(plain.value) };
  }
}

interface RawResponseBody {
  readonly candidateList?: RawCandidateList | null | undefined;
  readonly point?: RawPointItem | null | undefined;
  readonly pointList?: RawPointList | null | undefined;
  readonly openedPoint?: RawOpenedPoint | null | undefined;
  readonly openedList?: RawOpenedList | null | undefined;
  readonly savedPoint?: RawSavedPoint | null | undefined;
  readonly done?: RawDone | null | undefined;
  readonly certificate?: RawCertificate | null | undefined;
  readonly blockDigests?: RawBlockDigests | null | undefined;
  readonly comparison?: RawComparison | null | undefined;
  readonly resyncBegun?: RawResyncBegun | null | undefined;
  readonly groupPointMade?: RawGroupPointMade | null | undefined;
  readonly replicaStatus?: RawReplicaStatus | null | undefined;
  readonly consoleText?: RawConsoleText | null | undefined;
  readonly replicaHalted?: RawReplicaHalted | null | undefined;
  readonly replicaChangeList?: RawReplicaChangeList | null | undefined;
  readonly replicaContent?: RawReplicaContent | null | undefined;
  readonly deviceLook?: RawDeviceLook | null | undefined;
  readonly replicaChecked?: RawReplicaChecked | null | undefined;
  readonly screenPicture?: RawScreenPicture | null | undefined;
  readonly pointDigested?: RawPointDigested | null | undefined;
  readonly ranInReplica?: RawRanInReplica | null | undefined;
  readonly pushReport?: RawPushReport | null | undefined;
  readonly trustTaken?: RawTrustTaken | null | undefined;
  readonly releaseContent?: RawReleaseContent | null | undefined;
  readonly releaseList?: RawReleaseList | null | undefined;
  readonly wrappedKey?: RawWrappedKey | null | undefined;
  readonly seedLoaded?: RawSeedLoaded | null | undefined;
  readonly historyList?: RawHistoryList | null | undefined;
  readonly momentList?: RawMomentList | null | undefined;
}

export type ResponseBody =
  | { readonly kind: "candidateList"; readonly value: CandidateList }
  | { readonly kind: "point"; readonly value: PointItem }
  | { readonly kind: "pointList"; readonly value: PointList }
  | { readonly kind: "openedPoint"; readonly value: OpenedPoint }
  | { readonly kind: "openedList"; readonly value: OpenedList }
  | { readonly kind: "savedPoint"; readonly value: SavedPoint }
  | { readonly kind: "done"; readonly value: Done }
  | { readonly kind: "certificate"; readonly value: Certificate }
  | { readonly kind: "blockDigests"; readonly value: BlockDigests }
  | { readonly kind: "comparison"; readonly value: Comparison }
  | { readonly kind: "resyncBegun"; readonly value: ResyncBegun }
  | { readonly kind: "groupPointMade"; readonly value: GroupPointMade }
  | { readonly kind: "replicaStatus"; readonly value: ReplicaStatus }
  | { readonly kind: "consoleText"; readonly value: ConsoleText }
  | { readonly kind: "replicaHalted"; readonly value: ReplicaHalted }
  | { readonly kind: "replicaChangeList"; readonly value: ReplicaChangeList }
  | { readonly kind: "replicaContent"; readonly value: ReplicaContent }
  | { readonly kind: "deviceLook"; readonly value: DeviceLook }
  | { readonly kind: "replicaChecked"; readonly value: ReplicaChecked }
  | { readonly kind: "screenPicture"; readonly value: ScreenPicture }
  | { readonly kind: "pointDigested"; readonly value: PointDigested }
  | { readonly kind: "ranInReplica"; readonly value: RanInReplica }
  | { readonly kind: "pushReport"; readonly value: PushReport }
  | { readonly kind: "trustTaken"; readonly value: TrustTaken }
  | { readonly kind: "releaseContent"; readonly value: ReleaseContent }
  | { readonly kind: "releaseList"; readonly value: ReleaseList }
  | { readonly kind: "wrappedKey"; readonly value: WrappedKey }
  | { readonly kind: "seedLoaded"; readonly value: SeedLoaded }
  | { readonly kind: "historyList"; readonly value: HistoryList }
  | { readonly kind: "momentList"; readonly value: MomentList };

function readResponseBody(raw: RawResponseBody): ResponseBody {
  const found: ResponseBody[] = [];
  if (raw.candidateList !== undefined && raw.candidateList !== null) found.push({ kind: "candidateList", value: readCandidateList(raw.candidateList) });
  if (raw.point !== undefined && raw.point !== null) found.push({ kind: "point", value: readPointItem(raw.point) });
  if (raw.pointList !== undefined && raw.pointList !== null) found.push({ kind: "pointList", value: readPointList(raw.pointList) });
  if (raw.openedPoint !== undefined && raw.openedPoint !== null) found.push({ kind: "openedPoint", value: readOpenedPoint(raw.openedPoint) });
  if (raw.openedList !== undefined && raw.openedList !== null) found.push({ kind: "openedList", value: readOpenedList(raw.openedList) });
  if (raw.savedPoint !== undefined && raw.savedPoint !== null) found.push({ kind: "savedPoint", value: readSavedPoint(raw.savedPoint) });
  if (raw.done !== undefined && raw.done !== null) found.push({ kind: "done", value: readDone(raw.done) });
  if (raw.certificate !== undefined && raw.certificate !== null) found.push({ kind: "certificate", value: readCertificate(raw.certificate) });
  if (raw.blockDigests !== undefined && raw.blockDigests !== null) found.push({ kind: "blockDigests", value: readBlockDigests(raw.blockDigests) });
  if (raw.comparison !== undefined && raw.comparison !== null) found.push({ kind: "comparison", value: readComparison(raw.comparison) });
  if (raw.resyncBegun !== undefined && raw.resyncBegun !== null) found.push({ kind: "resyncBegun", value: readResyncBegun(raw.resyncBegun) });
  if (raw.groupPointMade !== undefined && raw.groupPointMade !== null) found.push({ kind: "groupPointMade", value: readGroupPointMade(raw.groupPointMade) });
  if (raw.replicaStatus !== undefined && raw.replicaStatus !== null) found.push({ kind: "replicaStatus", value: readReplicaStatus(raw.replicaStatus) });
  if (raw.consoleText !== undefined && raw.consoleText !== null) found.push({ kind: "consoleText", value: readConsoleText(raw.consoleText) });
  if (raw.replicaHalted !== undefined && raw.replicaHalted !== null) found.push({ kind: "replicaHalted", value: readReplicaHalted(raw.replicaHalted) });
  if (raw.replicaChangeList !== undefined && raw.replicaChangeList !== null) found.push({ kind: "replicaChangeList", value: readReplicaChangeList(raw.replicaChangeList) });
  if (raw.replicaContent !== undefined && raw.replicaContent !== null) found.push({ kind: "replicaContent", value: readReplicaContent(raw.replicaContent) });
  if (raw.deviceLook !== undefined && raw.deviceLook !== null) found.push({ kind: "deviceLook", value: readDeviceLook(raw.deviceLook) });
  if (raw.replicaChecked !== undefined && raw.replicaChecked !== null) found.push({ kind: "replicaChecked", value: readReplicaChecked(raw.replicaChecked) });
  if (raw.screenPicture !== undefined && raw.screenPicture !== null) found.push({ kind: "screenPicture", value: readScreenPicture(raw.screenPicture) });
  if (raw.pointDigested !== undefined && raw.pointDigested !== null) found.push({ kind: "pointDigested", value: readPointDigested(raw.pointDigested) });
  if (raw.ranInReplica !== undefined && raw.ranInReplica !== null) found.push({ kind: "ranInReplica", value: readRanInReplica(raw.ranInReplica) });
  if (raw.pushReport !== undefined && raw.pushReport !== null) found.push({ kind: "pushReport", value: readPushReport(raw.pushReport) });
  if (raw.trustTaken !== undefined && raw.trustTaken !== null) found.push({ kind: "trustTaken", value: readTrustTaken(raw.trustTaken) });
  if (raw.releaseContent !== undefined && raw.releaseContent !== null) found.push({ kind: "releaseContent", value: readReleaseContent(raw.releaseContent) });
  if (raw.releaseList !== undefined && raw.releaseList !== null) found.push({ kind: "releaseList", value: readReleaseList(raw.releaseList) });
  if (raw.wrappedKey !== undefined && raw.wrappedKey !== null) found.push({ kind: "wrappedKey", value: readWrappedKey(raw.wrappedKey) });
  if (raw.seedLoaded !== undefined && raw.seedLoaded !== null) found.push({ kind: "seedLoaded", value: readSeedLoaded(raw.seedLoaded) });
  if (raw.historyList !== undefined && raw.historyList !== null) found.push({ kind: "historyList", value: readHistoryList(raw.historyList) });
  if (raw.momentList !== undefined && raw.momentList !== null) found.push({ kind: "momentList", value: readMomentList(raw.momentList) });
  return field.only(found, "ResponseBody");
}

function writeResponseBody(plain: ResponseBody): RawResponseBody {
  switch (plain.kind) {
    case "candidateList":
      return { candidateList: readCandidateList(plain.value) };
    case "point":
      return { point: readPointItem(plain.value) };
    case "pointList":
      return { pointList: readPointList(plain.value) };
    case "openedPoint":
      return { openedPoint: readOpenedPoint(plain.value) };
    case "openedList":
      return { openedList: readOpenedList(plain.value) };
    case "savedPoint":
      return { savedPoint: readSavedPoint(plain.value) };
    case "done":
      return { done: readDone(plain.value) };
    case "certificate":
      return { certificate: readCertificate(plain.value) };
    case "blockDigests":
      return { blockDigests: readBlockDigests(plain.value) };
    case "comparison":
      return { comparison: readComparison(plain.value) };
    case "resyncBegun":
      return { resyncBegun: readResyncBegun(plain.value) };
    case "groupPointMade":
      return { groupPointMade: readGroupPointMade(plain.value) };
    case "replicaStatus":
      return { replicaStatus: readReplicaStatus(plain.value) };
    case "consoleText":
      return { consoleText: readConsoleText(plain.value) };
    case "replicaHalted":
      return { replicaHalted: readReplicaHalted(plain.value) };
    case "replicaChangeList":
      return { replicaChangeList: readReplicaChangeList(plain.value) };
    case "replicaContent":
      return { replicaContent: readReplicaContent(plain.value) };
    case "deviceLook":
      return { deviceLook: readDeviceLook(plain.value) };
    case "replicaChecked":
      return { replicaChecked: readReplicaChecked(plain.value) };
    case "screenPicture":
      return { screenPicture: readScreenPicture(plain.value) };
    case "pointDigested":
      return { pointDigested: readPointDigested(plain.value) };
    case "ranInReplica":
      return { ranInReplica: readRanInReplica(plain.value) };
    case "pushReport":
      return { pushReport: readPushReport(plain.value) };
    case "trustTaken":
      return { trustTaken: readTrustTaken(plain.value) };
    case "releaseContent":
      return { releaseContent: readReleaseContent(plain.value) };
    case "releaseList":
      return { releaseList: readReleaseList(plain.value) };
    case "wrappedKey":
      return { wrappedKey: readWrappedKey(plain.value) };
    case "seedLoaded":
      return { seedLoaded: readSeedLoaded(plain.value) };
    case "historyList":
      return { historyList: readHistoryList(plain.value) };
    case "momentList":
      return { momentList: readMomentList(plain.value) };
  }
}

interface RawDone {
}

export interface Done {
}

function readDone(_raw: RawDone): Done {
  return {
  };
}

interface RawAddress {
  readonly host?: string | null | undefined;
  readonly port?: field.Integer | null | undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

function readAddress(raw: RawAddress): Address {
  return {
    host: field.text(raw.host, { where: "Address.host", min: 0, max: 253 }),
    port: field.unsigned(raw.port, { where: "Address.port", min: 0, max: 65535 }),
  };
}

interface RawTrustList {
  readonly crlPem?: string | null | undefined;
}

/** Which certificates hold no longer. Sent whole, at the start of a session and at each change. */
export interface TrustList {
  /** PEM, label X509 CRL. */
  readonly crlPem: string;
}

function readTrustList(raw: RawTrustList): TrustList {
  return {
    crlPem: field.text(raw.crlPem, { where: "TrustList.crlPem", min: 0, max: 524288 }),
  };
}

interface RawWeekHours {
  readonly days?: field.Integer | null | undefined;
  readonly fromMinute?: field.Integer | null | undefined;
  readonly toMinute?: field.Integer | null | undefined;
}

/** By the clock on the wall of whoever keeps to them; past midnight when `to_minute` is not after `from_minute`. */
export interface WeekHours {
  /** A bit for each day on which the hours begin: 1 is Monday, 64 is Sunday. */
  readonly days: number;
  readonly fromMinute: number;
  /** The first minute that is not part of the hours any more. */
  readonly toMinute: number;
}

function readWeekHours(raw: RawWeekHours): WeekHours {
  return {
    days: field.unsigned(raw.days, { where: "WeekHours.days", min: 1, max: 127 }),
    fromMinute: field.unsigned(raw.fromMinute, { where: "WeekHours.fromMinute", min: 0, max: 1439 }),
    toMinute: field.unsigned(raw.toMinute, { where: "WeekHours.toMinute", min: 1, max: 1440 }),
  };
}

interface RawTimeWindow {
  readonly outside?: boolean | null | undefined;
  readonly hours?: readonly RawWeekHours[] | null | undefined;
}

/** When something may be done: in the hours, or at all other times. */
export interface TimeWindow {
  readonly outside: boolean;
  readonly hours: readonly WeekHours[];
}

function readTimeWindow(raw: RawTimeWindow): TimeWindow {
  return {
    outside: field.bool(raw.outside, "TimeWindow.outside"),
    hours: field.list(raw.hours, { where: "TimeWindow.hours", itemsMax: 32 }, readWeekHours),
  };
}

interface RawBandwidthWindow {
  readonly days?: field.Integer | null | undefined;
  readonly fromMinute?: field.Integer | null | undefined;
  readonly toMinute?: field.Integer | null | undefined;
  readonly bytesPerSecond?: field.Integer | null | undefined;
}

export interface BandwidthWindow {
  readonly days: number;
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly bytesPerSecond: number;
}

function readBandwidthWindow(raw: RawBandwidthWindow): BandwidthWindow {
  return {
    days: field.unsigned(raw.days, { where: "BandwidthWindow.days", min: 1, max: 127 }),
    fromMinute: field.unsigned(raw.fromMinute, { where: "BandwidthWindow.fromMinute", min: 0, max: 1439 }),
    toMinute: field.unsigned(raw.toMinute, { where: "BandwidthWindow.toMinute", min: 1, max: 1440 }),
    bytesPerSecond: field.unsigned(raw.bytesPerSecond, { where: "BandwidthWindow.bytesPerSecond", min: 0, max: 9007199254740991 }),
  };
}

interface RawBandwidth {
  readonly bytesPerSecond?: field.Integer | null | undefined;
  readonly windows?: readonly RawBandwidthWindow[] | null | undefined;
}

/** How much payload may be sent in a second; 0 is no limit. The first window that holds the moment counts. */
export interface Bandwidth {
  /** Outside of all windows. */
  readonly bytesPerSecond: number;
  readonly windows: readonly BandwidthWindow[];
}

function readBandwidth(raw: RawBandwidth): Bandwidth {
  return {
    bytesPerSecond: field.unsigned(raw.bytesPerSecond, { where: "Bandwidth.bytesPerSecond", min: 0, max: 9007199254740991 }),
    windows: field.list(raw.windows, { where: "Bandwidth.windows", itemsMax: 32 }, readBandwidthWindow),
  };
}

interface RawBandwidthStatus {
  readonly bytesPerSecond?: field.Integer | null | undefined;
  readonly untilMicros?: field.Integer | null | undefined;
  readonly waitedMicros?: field.Integer | null | undefined;
  readonly sentBytes?: field.Integer | null | undefined;
  readonly timeZone?: string | null | undefined;
}

/** What a sender makes of its bandwidth. */
export interface BandwidthStatus {
  /** In force now; 0 is no limit. */
  readonly bytesPerSecond: number;
  /** Until when, by the sender's clock; 0 when it stays. */
  readonly untilMicros: number;
  /** How long something waited for the limit, and the payload sent, since the daemon started. */
  readonly waitedMicros: number;
  readonly sentBytes: number;
  /** In which the hours are read. */
  readonly timeZone: string;
}

function readBandwidthStatus(raw: RawBandwidthStatus): BandwidthStatus {
  return {
    bytesPerSecond: field.unsigned(raw.bytesPerSecond, { where: "BandwidthStatus.bytesPerSecond", min: 0, max: 9007199254740991 }),
    untilMicros: field.unsigned(raw.untilMicros, { where: "BandwidthStatus.untilMicros", min: 0, max: 9007199254740991 }),
    waitedMicros: field.unsigned(raw.waitedMicros, { where: "BandwidthStatus.waitedMicros", min: 0, max: 9007199254740991 }),
    sentBytes: field.unsigned(raw.sentBytes, { where: "BandwidthStatus.sentBytes", min: 0, max: 9007199254740991 }),
    timeZone: field.text(raw.timeZone, { where: "BandwidthStatus.timeZone", min: 0, max: 64 }),
  };
}

interface RawCapturePolicy {
  readonly pointIntervalSeconds?: number | null | undefined;
  readonly logBytesMax?: field.Integer | null | undefined;
  readonly copyBytesPerSecondMax?: field.Integer | null | undefined;
  readonly applicationPointIntervalSeconds?: field.Integer | null | undefined;
  readonly resyncWindow?: RawTimeWindow | null | undefined;
  readonly trackerPointIntervalSeconds?: number | null | undefined;
}

export interface CapturePolicy {
  /** Seconds between recovery points. */
  readonly pointIntervalSeconds: number;
  /** Bytes of change log kept per disk before changes go to the bitmap. */
  readonly logBytesMax: number;
  /** Bytes per second of initial replication, catch-up and resync; 0 is no limit. */
  readonly copyBytesPerSecondMax: number;
  /** Seconds between points for which applications are brought to rest; 0 for none. */
  readonly applicationPointIntervalSeconds: number;
  /** When a rescan may read the disk; always when it is not said. */
  readonly resyncWindow?: TimeWindow | undefined;
  /** Seconds between points for which the file systems of tracked disks are held still. */
  readonly trackerPointIntervalSeconds: number;
}

function readCapturePolicy(raw: RawCapturePolicy): CapturePolicy {
  return {
    pointIntervalSeconds: field.double(raw.pointIntervalSeconds, "CapturePolicy.pointIntervalSeconds"),
    logBytesMax: field.unsigned(raw.logBytesMax, { where: "CapturePolicy.logBytesMax", min: 0, max: 9007199254740991 }),
    copyBytesPerSecondMax: field.unsigned(raw.copyBytesPerSecondMax, { where: "CapturePolicy.copyBytesPerSecondMax", min: 0, max: 9007199254740991 }),
    applicationPointIntervalSeconds: field.unsigned(raw.applicationPointIntervalSeconds, { where: "CapturePolicy.applicationPointIntervalSeconds", min: 0, max: 9007199254740991 }),
    ...(raw.resyncWindow !== undefined && raw.resyncWindow !== null && { resyncWindow: readTimeWindow(raw.resyncWindow) }),
    trackerPointIntervalSeconds: field.double(raw.trackerPointIntervalSeconds, "CapturePolicy.trackerPointIntervalSeconds"),
  };
}

interface RawAgentPlan {
  readonly version?: field.Integer | null | undefined;
  readonly machineName?: string | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly disks?: readonly RawPlannedDisk[] | null | undefined;
  readonly bandwidth?: RawBandwidth | null | undefined;
  readonly group?: RawPlannedGroup | null | undefined;
  readonly fence?: RawPlannedFence | null | undefined;
  readonly cacheAccount?: RawPlannedCacheAccount | null | undefined;
}

/** All that the agent should do. It is stored, and in force without the config server. */
export interface AgentPlan {
  readonly version: number;
  readonly machineName: string;
  readonly epoch: number;
  readonly disks: readonly PlannedDisk[];
  /** Of all that the machine sends; none is no limit. */
  readonly bandwidth?: Bandwidth | undefined;
  /** None for a machine that is in no consistency group. */
  readonly group?: PlannedGroup | undefined;
  /** Set while another side has the machine's epoch, or is to get it: its disks take no writes here. */
  readonly fence?: PlannedFence | undefined;
  /** Through which the machine's data go; none where they go to process servers straight. */
  readonly cacheAccount?: PlannedCacheAccount | undefined;
}

function readAgentPlan(raw: RawAgentPlan): AgentPlan {
  return {
    version: field.unsigned(raw.version, { where: "AgentPlan.version", min: 0, max: 9007199254740991 }),
    machineName: field.text(raw.machineName, { where: "AgentPlan.machineName", min: 0, max: 4096 }),
    epoch: field.unsigned(raw.epoch, { where: "AgentPlan.epoch", min: 0, max: 9007199254740991 }),
    disks: field.list(raw.disks, { where: "AgentPlan.disks", itemsMax: 1024 }, readPlannedDisk),
    ...(raw.bandwidth !== undefined && raw.bandwidth !== null && { bandwidth: readBandwidth(raw.bandwidth) }),
    ...(raw.group !== undefined && raw.group !== null && { group: readPlannedGroup(raw.group) }),
    ...(raw.fence !== undefined && raw.fence !== null && { fence: readPlannedFence(raw.fence) }),
    ...(raw.cacheAccount !== undefined && raw.cacheAccount !== null && { cacheAccount: readPlannedCacheAccount(raw.cacheAccount) }),
  };
}

interface RawPlannedCacheAccount {
  readonly storeUrl?: string | null | undefined;
  readonly peers?: readonly RawCachePeer[] | null | undefined;
  readonly bytesMax?: field.Integer | null | undefined;
}

/** A container of an object store that belongs to one machine (cache-account.md). */
export interface PlannedCacheAccount {
  readonly storeUrl: string;
  /** The other ends. */
  readonly peers: readonly CachePeer[];
  /** What may wait in the container at most, bytes. */
  readonly bytesMax: number;
}

function readPlannedCacheAccount(raw: RawPlannedCacheAccount): PlannedCacheAccount {
  return {
    storeUrl: field.text(raw.storeUrl, { where: "PlannedCacheAccount.storeUrl", min: 0, max: 4096 }),
    peers: field.list(raw.peers, { where: "PlannedCacheAccount.peers", itemsMax: 64 }, readCachePeer),
    bytesMax: field.unsigned(raw.bytesMax, { where: "PlannedCacheAccount.bytesMax", min: 1, max: 9007199254740991 }),
  };
}

interface RawCachePeer {
  readonly peerId?: string | null | undefined;
  readonly publicKey?: string | null | undefined;
}

export interface CachePeer {
  readonly peerId: string;
  /** Of its identity, as PEM (SubjectPublicKeyInfo): both ends make the container's key of it. */
  readonly publicKey: string;
}

function readCachePeer(raw: RawCachePeer): CachePeer {
  return {
    peerId: field.name(raw.peerId, "CachePeer.peerId"),
    publicKey: field.text(raw.publicKey, { where: "CachePeer.publicKey", min: 0, max: 4096 }),
  };
}

interface RawPlannedFence {
  readonly failoverId?: string | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly orderly?: boolean | null | undefined;
}

export interface PlannedFence {
  /** The failover for which it is. */
  readonly failoverId: string;
  /** That the other side has, or gets. */
  readonly epoch: number;
  /** Applications are brought to rest first, and a last point is made of all that they wrote; what leads to it is still sent, and taken. */
  readonly orderly: boolean;
}

function readPlannedFence(raw: RawPlannedFence): PlannedFence {
  return {
    failoverId: field.id128(raw.failoverId, "PlannedFence.failoverId"),
    epoch: field.unsigned(raw.epoch, { where: "PlannedFence.epoch", min: 0, max: 9007199254740991 }),
    orderly: field.bool(raw.orderly, "PlannedFence.orderly"),
  };
}

interface RawFenceStatus {
  readonly failoverId?: string | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly state?: string | null | undefined;
  readonly lastPointId?: string | null | undefined;
  readonly fault?: RawFaultItem | null | undefined;
}

/** What became of a fence. */
export interface FenceStatus {
  /** Empty where the machine learned of the higher epoch by a refusal. */
  readonly failoverId: string;
  readonly epoch: number;
  /** stopping: on the way to the last point, or not yet written down; fenced: nothing can be written; open: disks are written past the agent, and nobody can keep that from being done. */
  readonly state: "stopping" | "fenced" | "open";
  /** The last point of an orderly stop, once the target has stored it. */
  readonly lastPointId: string;
  /** What is in the way of the last point; a fence does not wait for it to be mended. */
  readonly fault?: FaultItem | undefined;
}

function readFenceStatus(raw: RawFenceStatus): FenceStatus {
  return {
    failoverId: field.maybeEmpty(raw.failoverId, "FenceStatus.failoverId", field.name),
    epoch: field.unsigned(raw.epoch, { where: "FenceStatus.epoch", min: 0, max: 9007199254740991 }),
    state: field.oneOf(raw.state, "FenceStatus.state", ["stopping", "fenced", "open"]),
    lastPointId: field.maybeEmpty(raw.lastPointId, "FenceStatus.lastPointId", field.name),
    ...(raw.fault !== undefined && raw.fault !== null && { fault: readFaultItem(raw.fault) }),
  };
}

interface RawPlannedGroup {
  readonly name?: string | null | undefined;
  readonly revisionId?: string | null | undefined;
  readonly intervalSeconds?: number | null | undefined;
  readonly members?: readonly RawGroupMember[] | null | undefined;
}

/** The consistency group that the machine is in, as all its members should know it. */
export interface PlannedGroup {
  readonly name: string;
  /** Another one whenever the members are others. */
  readonly revisionId: string;
  /** Seconds between points of the group. */
  readonly intervalSeconds: number;
  /** The machine itself among them. */
  readonly members: readonly GroupMember[];
}

function readPlannedGroup(raw: RawPlannedGroup): PlannedGroup {
  return {
    name: field.text(raw.name, { where: "PlannedGroup.name", min: 0, max: 4096 }),
    revisionId: field.id128(raw.revisionId, "PlannedGroup.revisionId"),
    intervalSeconds: field.double(raw.intervalSeconds, "PlannedGroup.intervalSeconds"),
    members: field.list(raw.members, { where: "PlannedGroup.members", itemsMax: 256 }, readGroupMember),
  };
}

interface RawGroupMember {
  readonly machineId?: string | null | undefined;
  readonly machineName?: string | null | undefined;
  readonly addresses?: readonly RawAddress[] | null | undefined;
}

export interface GroupMember {
  readonly machineId: string;
  readonly machineName: string;
  /** In order of preference; none while it is not known where the member listens. */
  readonly addresses: readonly Address[];
}

function readGroupMember(raw: RawGroupMember): GroupMember {
  return {
    machineId: field.id128(raw.machineId, "GroupMember.machineId"),
    machineName: field.text(raw.machineName, { where: "GroupMember.machineName", min: 0, max: 4096 }),
    addresses: field.list(raw.addresses, { where: "GroupMember.addresses", itemsMax: 16 }, readAddress),
  };
}

interface RawPlannedDisk {
  readonly diskId?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly capture?: string | null | undefined;
  readonly policy?: RawCapturePolicy | null | undefined;
  readonly processServerId?: string | null | undefined;
  readonly processServerAddresses?: readonly RawAddress[] | null | undefined;
  readonly reverse?: RawPlannedReverse | null | undefined;
  readonly origin?: RawPlannedOrigin | null | undefined;
  readonly seed?: RawPlannedSeed | null | undefined;
}

export interface PlannedDisk {
  readonly diskId: string;
  readonly name: string;
  readonly path: string;
  readonly capture: "splitter" | "tracker" | "rescan";
  readonly policy: CapturePolicy;
  readonly processServerId: string;
  /** In order of preference. */
  readonly processServerAddresses: readonly Address[];
  /** Set while the disk is made what the replica machine's is. The machine is fenced then. */
  readonly reverse?: PlannedReverse | undefined;
  /** Where the branch begins on which the disk goes on after a failback; its history goes on as it is when there is none, or when it has begun there before. */
  readonly origin?: PlannedOrigin | undefined;
  /** Where the disk's first branch begins: at the end of what its target was given of it beforehand. None where it begins on nothing. */
  readonly seed?: PlannedSeed | undefined;
}

function readPlannedDisk(raw: RawPlannedDisk): PlannedDisk {
  return {
    diskId: field.id128(raw.diskId, "PlannedDisk.diskId"),
    name: field.text(raw.name, { where: "PlannedDisk.name", min: 0, max: 4096 }),
    path: field.text(raw.path, { where: "PlannedDisk.path", min: 0, max: 4096 }),
    capture: field.oneOf(raw.capture, "PlannedDisk.capture", ["splitter", "tracker", "rescan"]),
    policy: readCapturePolicy(field.required(raw.policy, "PlannedDisk.policy")),
    processServerId: field.maybeEmpty(raw.processServerId, "PlannedDisk.processServerId", field.name),
    processServerAddresses: field.list(raw.processServerAddresses, { where: "PlannedDisk.processServerAddresses", itemsMax: 16 }, readAddress),
    ...(raw.reverse !== undefined && raw.reverse !== null && { reverse: readPlannedReverse(raw.reverse) }),
    ...(raw.origin !== undefined && raw.origin !== null && { origin: readPlannedOrigin(raw.origin) }),
    ...(raw.seed !== undefined && raw.seed !== null && { seed: readPlannedSeed(raw.seed) }),
  };
}

interface RawPlannedSeed {
  readonly branch?: string | null | undefined;
  readonly sequence?: field.Integer | null | undefined;
  readonly diskBytes?: field.Integer | null | undefined;
}

/** What a target was given of a disk by a carried medium: content of no single moment, with which a first copy is compared. */
export interface PlannedSeed {
  readonly branch: string;
  readonly sequence: number;
  /** Of the disk when it was saved; one that has another size by now begins on nothing. */
  readonly diskBytes: number;
}

function readPlannedSeed(raw: RawPlannedSeed): PlannedSeed {
  return {
    branch: field.id128(raw.branch, "PlannedSeed.branch"),
    sequence: field.unsigned(raw.sequence, { where: "PlannedSeed.sequence", min: 0, max: 9007199254740991 }),
    diskBytes: field.unsigned(raw.diskBytes, { where: "PlannedSeed.diskBytes", min: 0, max: 9007199254740991 }),
  };
}

interface RawPlannedReverse {
  readonly failoverId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly sequence?: field.Integer | null | undefined;
  readonly whole?: boolean | null | undefined;
  readonly place?: RawPlannedPlace | null | undefined;
}

/** Reverse replication: from a replica machine's disk to the source's. */
export interface PlannedReverse {
  /** The replica machine. */
  readonly failoverId: string;
  /** Where the point that it was started from stands on this disk. */
  readonly branch: string;
  readonly sequence: number;
  /** Nothing that is known of the disk is relied on: all of it is compared. */
  readonly whole: boolean;
  /** Another device than the one that the disk was on; none where it is the same. */
  readonly place?: PlannedPlace | undefined;
}

function readPlannedReverse(raw: RawPlannedReverse): PlannedReverse {
  return {
    failoverId: field.id128(raw.failoverId, "PlannedReverse.failoverId"),
    branch: field.id128(raw.branch, "PlannedReverse.branch"),
    sequence: field.unsigned(raw.sequence, { where: "PlannedReverse.sequence", min: 0, max: 9007199254740991 }),
    whole: field.bool(raw.whole, "PlannedReverse.whole"),
    ...(raw.place !== undefined && raw.place !== null && { place: readPlannedPlace(raw.place) }),
  };
}

interface RawPlannedPlace {
  readonly placeId?: string | null | undefined;
  readonly diskBytes?: field.Integer | null | undefined;
  readonly seen?: string | null | undefined;
}

/** A device that somebody named to be a disk from now on. */
export interface PlannedPlace {
  /** Another one each time that somebody names one. */
  readonly placeId: string;
  /** Of the replica machine's disk; the device may be larger. */
  readonly diskBytes: number;
  /** As `DeviceLook` has it: a device that holds something else is not written to. */
  readonly seen: string;
}

function readPlannedPlace(raw: RawPlannedPlace): PlannedPlace {
  return {
    placeId: field.id128(raw.placeId, "PlannedPlace.placeId"),
    diskBytes: field.unsigned(raw.diskBytes, { where: "PlannedPlace.diskBytes", min: 0, max: 9007199254740991 }),
    seen: field.name(raw.seen, "PlannedPlace.seen"),
  };
}

interface RawLookAtDevice {
  readonly diskId?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly capture?: string | null | undefined;
}

/** What is on a device of the machine that is to be a disk of it. Nothing is written. */
export interface LookAtDevice {
  /** The disk that it is to be, with its present device left out of account. */
  readonly diskId: string;
  readonly path: string;
  readonly capture: "splitter" | "tracker" | "rescan";
}

function readLookAtDevice(raw: RawLookAtDevice): LookAtDevice {
  return {
    diskId: field.id128(raw.diskId, "LookAtDevice.diskId"),
    path: field.text(raw.path, { where: "LookAtDevice.path", min: 0, max: 4096 }),
    capture: field.oneOf(raw.capture, "LookAtDevice.capture", ["splitter", "tracker", "rescan"]),
  };
}

interface RawDeviceLook {
  readonly sizeBytes?: field.Integer | null | undefined;
  readonly refusal?: string | null | undefined;
  readonly content?: string | null | undefined;
  readonly digests?: Uint8Array | null | undefined;
  readonly seen?: string | null | undefined;
}

export interface DeviceLook {
  readonly sizeBytes: number;
  /** Why it cannot be the disk; empty when it can. */
  readonly refusal: string;
  /** What it holds, in words that go on from "it holds"; empty where nothing but zeroes was found. */
  readonly content: string;
  /** Of its first MiB, or less where it is smaller: as BlockDigests has them; none when it is refused. */
  readonly digests: Uint8Array;
  /** Digest of its size, beginning and end; empty when it is refused. */
  readonly seen: string;
}

function readDeviceLook(raw: RawDeviceLook): DeviceLook {
  return {
    sizeBytes: field.unsigned(raw.sizeBytes, { where: "DeviceLook.sizeBytes", min: 0, max: 9007199254740991 }),
    refusal: field.text(raw.refusal, { where: "DeviceLook.refusal", min: 0, max: 4096 }),
    content: field.text(raw.content, { where: "DeviceLook.content", min: 0, max: 4096 }),
    digests: field.binary(raw.digests, { where: "DeviceLook.digests", min: 0, max: 256 }),
    seen: field.text(raw.seen, { where: "DeviceLook.seen", min: 0, max: 4096 }),
  };
}

interface RawPlannedOrigin {
  readonly failoverId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly sequence?: field.Integer | null | undefined;
  readonly timeMicros?: field.Integer | null | undefined;
}

export interface PlannedOrigin {
  /** The failover that ended there. */
  readonly failoverId: string;
  readonly branch: string;
  readonly sequence: number;
  /** Of the point at its end: those that the source makes from there on are later. */
  readonly timeMicros: number;
}

function readPlannedOrigin(raw: RawPlannedOrigin): PlannedOrigin {
  return {
    failoverId: field.id128(raw.failoverId, "PlannedOrigin.failoverId"),
    branch: field.id128(raw.branch, "PlannedOrigin.branch"),
    sequence: field.unsigned(raw.sequence, { where: "PlannedOrigin.sequence", min: 0, max: 9007199254740991 }),
    timeMicros: field.unsigned(raw.timeMicros, { where: "PlannedOrigin.timeMicros", min: 0, max: 9007199254740991 }),
  };
}

interface RawReverseStatus {
  readonly failoverId?: string | null | undefined;
  readonly method?: string | null | undefined;
  readonly setBytes?: field.Integer | null | undefined;
  readonly broughtBytes?: field.Integer | null | undefined;
  readonly sequence?: field.Integer | null | undefined;
  readonly complete?: boolean | null | undefined;
  readonly following?: boolean | null | undefined;
  readonly placeId?: string | null | undefined;
}

export interface ReverseStatus {
  readonly failoverId: string;
  /** set: only what the failback set names is brought; compared: the set could not be proved, and the whole disk was compared. */
  readonly method: "set" | "compared";
  /** Of the failback set, as far as it is known; and what of it is on the disk, durably. */
  readonly setBytes: number;
  readonly broughtBytes: number;
  /** All that the replica machine wrote up to here is on the disk, durably; 0 until the first round has ended. */
  readonly sequence: number;
  /** The disk equals the replica machine's, which was halted and has written nothing behind `sequence`. */
  readonly complete: boolean;
  /** The first round has ended: what is left is what the replica machine writes. */
  readonly following: boolean;
  /** Of the plan that it is about; empty where that has no place. */
  readonly placeId: string;
}

function readReverseStatus(raw: RawReverseStatus): ReverseStatus {
  return {
    failoverId: field.id128(raw.failoverId, "ReverseStatus.failoverId"),
    method: field.oneOf(raw.method, "ReverseStatus.method", ["set", "compared"]),
    setBytes: field.unsigned(raw.setBytes, { where: "ReverseStatus.setBytes", min: 0, max: 9007199254740991 }),
    broughtBytes: field.unsigned(raw.broughtBytes, { where: "ReverseStatus.broughtBytes", min: 0, max: 9007199254740991 }),
    sequence: field.unsigned(raw.sequence, { where: "ReverseStatus.sequence", min: 0, max: 9007199254740991 }),
    complete: field.bool(raw.complete, "ReverseStatus.complete"),
    following: field.bool(raw.following, "ReverseStatus.following"),
    placeId: field.maybeEmpty(raw.placeId, "ReverseStatus.placeId", field.name),
  };
}

interface RawAgentStatus {
  readonly planVersion?: field.Integer | null | undefined;
  readonly agentVersion?: string | null | undefined;
  readonly bootId?: string | null | undefined;
  readonly disks?: readonly RawDiskStatus[] | null | undefined;
  readonly inventoryJson?: string | null | undefined;
  readonly clockOffsetMicros?: field.Integer | null | undefined;
  readonly bandwidth?: RawBandwidthStatus | null | undefined;
  readonly groupAddress?: RawAddress | null | undefined;
  readonly fence?: RawFenceStatus | null | undefined;
  readonly upgrade?: RawUpgradeStatus | null | undefined;
  readonly cacheAccount?: RawCacheAccountStatus | null | undefined;
  readonly links?: readonly RawLinkStatus[] | null | undefined;
}

export interface AgentStatus {
  readonly planVersion: number;
  readonly agentVersion: string;
  readonly bootId: string;
  readonly disks: readonly DiskStatus[];
  /** Host facts as JSON, for people. */
  readonly inventoryJson: string;
  readonly clockOffsetMicros: number;
  readonly bandwidth?: BandwidthStatus | undefined;
  /** Where other members of its consistency group reach the machine; none while it listens nowhere. */
  readonly groupAddress?: Address | undefined;
  /** Not there on a machine that is not fenced. */
  readonly fence?: FenceStatus | undefined;
  /** Of the last order; not there on an agent that never had one. */
  readonly upgrade?: UpgradeStatus | undefined;
  /** Absent where the machine's data go to process servers straight. */
  readonly cacheAccount?: CacheAccountStatus | undefined;
  /** One for each process server that the machine's data go to straight. */
  readonly links: readonly LinkStatus[];
}

function readAgentStatus(raw: RawAgentStatus): AgentStatus {
  return {
    planVersion: field.unsigned(raw.planVersion, { where: "AgentStatus.planVersion", min: 0, max: 9007199254740991 }),
    agentVersion: field.text(raw.agentVersion, { where: "AgentStatus.agentVersion", min: 0, max: 4096 }),
    bootId: field.maybeEmpty(raw.bootId, "AgentStatus.bootId", field.name),
    disks: field.list(raw.disks, { where: "AgentStatus.disks", itemsMax: 1024 }, readDiskStatus),
    inventoryJson: field.text(raw.inventoryJson, { where: "AgentStatus.inventoryJson", min: 0, max: 262144 }),
    clockOffsetMicros: field.signed(raw.clockOffsetMicros, "AgentStatus.clockOffsetMicros"),
    ...(raw.bandwidth !== undefined && raw.bandwidth !== null && { bandwidth: readBandwidthStatus(raw.bandwidth) }),
    ...(raw.groupAddress !== undefined && raw.groupAddress !== null && { groupAddress: readAddress(raw.groupAddress) }),
    ...(raw.fence !== undefined && raw.fence !== null && { fence: readFenceStatus(raw.fence) }),
    ...(raw.upgrade !== undefined && raw.upgrade !== null && { upgrade: readUpgradeStatus(raw.upgrade) }),
    ...(raw.cacheAccount !== undefined && raw.cacheAccount !== null && { cacheAccount: readCacheAccountStatus(raw.cacheAccount) }),
    links: field.list(raw.links, { where: "AgentStatus.links", itemsMax: 64 }, readLinkStatus),
  };
}

interface RawLinkStatus {
  readonly peerId?: string | null | undefined;
  readonly connected?: boolean | null | undefined;
  readonly bytesPerSecond?: number | null | undefined;
}

/** A daemon's way to another one, for payload. */
export interface LinkStatus {
  readonly peerId: string;
  readonly connected: boolean;
  /** Payload sent in the last minute, by the second. */
  readonly bytesPerSecond: number;
}

function readLinkStatus(raw: RawLinkStatus): LinkStatus {
  return {
    peerId: field.name(raw.peerId, "LinkStatus.peerId"),
    connected: field.bool(raw.connected, "LinkStatus.connected"),
    bytesPerSecond: field.double(raw.bytesPerSecond, "LinkStatus.bytesPerSecond"),
  };
}

interface RawStageStatus {
  readonly stage?: string | null | undefined;
  readonly busyFraction?: number | null | undefined;
  readonly bytesPerSecond?: number | null | undefined;
  readonly outBytesPerSecond?: number | null | undefined;
  readonly waitingBytes?: number | null | undefined;
}

/** One stage of a disk's way, over the last minute (less right after the start). */
export interface StageStatus {
  readonly stage: "read" | "log" | "network" | "cache" | "compress" | "forward" | "apply";
  /** The part of the time in which it worked, or waited for whom it hands on to. */
  readonly busyFraction: number;
  /** Taken in and handed on, by the second: compress takes in raw bytes and hands on sealed ones. */
  readonly bytesPerSecond: number;
  readonly outBytesPerSecond: number;
  /** What waits before it; negative when unknown. */
  readonly waitingBytes: number;
}

function readStageStatus(raw: RawStageStatus): StageStatus {
  return {
    stage: field.oneOf(raw.stage, "StageStatus.stage", ["read", "log", "network", "cache", "compress", "forward", "apply"]),
    busyFraction: field.double(raw.busyFraction, "StageStatus.busyFraction"),
    bytesPerSecond: field.double(raw.bytesPerSecond, "StageStatus.bytesPerSecond"),
    outBytesPerSecond: field.double(raw.outBytesPerSecond, "StageStatus.outBytesPerSecond"),
    waitingBytes: field.double(raw.waitingBytes, "StageStatus.waitingBytes"),
  };
}

interface RawCacheAccountStatus {
  readonly waitingBytes?: field.Integer | null | undefined;
  readonly bytesMax?: field.Integer | null | undefined;
  readonly store?: RawStoreStatus | null | undefined;
}

export interface CacheAccountStatus {
  /** Deposits in the container that the target has not journaled yet. */
  readonly waitingBytes: number;
  readonly bytesMax: number;
  readonly store: StoreStatus;
}

function readCacheAccountStatus(raw: RawCacheAccountStatus): CacheAccountStatus {
  return {
    waitingBytes: field.unsigned(raw.waitingBytes, { where: "CacheAccountStatus.waitingBytes", min: 0, max: 9007199254740991 }),
    bytesMax: field.unsigned(raw.bytesMax, { where: "CacheAccountStatus.bytesMax", min: 0, max: 9007199254740991 }),
    store: readStoreStatus(field.required(raw.store, "CacheAccountStatus.store")),
  };
}

interface RawCopyProgress {
  readonly doneBytes?: field.Integer | null | undefined;
  readonly totalBytes?: field.Integer | null | undefined;
  readonly etaSeconds?: number | null | undefined;
}

export interface CopyProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Seconds; negative when unknown. */
  readonly etaSeconds: number;
}

function readCopyProgress(raw: RawCopyProgress): CopyProgress {
  return {
    doneBytes: field.unsigned(raw.doneBytes, { where: "CopyProgress.doneBytes", min: 0, max: 9007199254740991 }),
    totalBytes: field.unsigned(raw.totalBytes, { where: "CopyProgress.totalBytes", min: 0, max: 9007199254740991 }),
    etaSeconds: field.double(raw.etaSeconds, "CopyProgress.etaSeconds"),
  };
}

interface RawDiskStatus {
  readonly diskId?: string | null | undefined;
  readonly state?: string | null | undefined;
  readonly sizeBytes?: field.Integer | null | undefined;
  readonly capture?: string | null | undefined;
  readonly nbdUri?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly writtenSequence?: field.Integer | null | undefined;
  readonly cachedSequence?: field.Integer | null | undefined;
  readonly journaledSequence?: field.Integer | null | undefined;
  readonly progress?: RawCopyProgress | null | undefined;
  readonly faults?: readonly RawFaultItem[] | null | undefined;
  readonly logBytes?: field.Integer | null | undefined;
  readonly writtenBytes?: field.Integer | null | undefined;
  readonly reverse?: RawReverseStatus | null | undefined;
  readonly rescan?: RawRescanStatus | null | undefined;
  readonly stages?: readonly RawStageStatus[] | null | undefined;
}

export interface DiskStatus {
  readonly diskId: string;
  readonly state: "initial" | "protected" | "reduced" | "gap" | "resync" | "stopped" | "fenced" | "reverse";
  readonly sizeBytes: number;
  readonly capture: "splitter" | "tracker" | "rescan";
  readonly nbdUri: string;
  readonly branch: string;
  readonly writtenSequence: number;
  readonly cachedSequence: number;
  readonly journaledSequence: number;
  readonly progress?: CopyProgress | undefined;
  readonly faults: readonly FaultItem[];
  readonly logBytes: number;
  readonly writtenBytes: number;
  /** Not there but while `state` is `reverse`. */
  readonly reverse?: ReverseStatus | undefined;
  /** Not there but for a disk that is rescanned, and open. */
  readonly rescan?: RescanStatus | undefined;
  /** read, log and network; none of a disk that is not open. */
  readonly stages: readonly StageStatus[];
}

function readDiskStatus(raw: RawDiskStatus): DiskStatus {
  return {
    diskId: field.id128(raw.diskId, "DiskStatus.diskId"),
    state: field.oneOf(raw.state, "DiskStatus.state", ["initial", "protected", "reduced", "gap", "resync", "stopped", "fenced", "reverse"]),
    sizeBytes: field.unsigned(raw.sizeBytes, { where: "DiskStatus.sizeBytes", min: 0, max: 9007199254740991 }),
    capture: field.oneOf(raw.capture, "DiskStatus.capture", ["splitter", "tracker", "rescan"]),
    nbdUri: field.text(raw.nbdUri, { where: "DiskStatus.nbdUri", min: 0, max: 4096 }),
    branch: field.maybeEmpty(raw.branch, "DiskStatus.branch", field.id128),
    writtenSequence: field.unsigned(raw.writtenSequence, { where: "DiskStatus.writtenSequence", min: 0, max: 9007199254740991 }),
    cachedSequence: field.unsigned(raw.cachedSequence, { where: "DiskStatus.cachedSequence", min: 0, max: 9007199254740991 }),
    journaledSequence: field.unsigned(raw.journaledSequence, { where: "DiskStatus.journaledSequence", min: 0, max: 9007199254740991 }),
    ...(raw.progress !== undefined && raw.progress !== null && { progress: readCopyProgress(raw.progress) }),
    faults: field.list(raw.faults, { where: "DiskStatus.faults", itemsMax: 64 }, readFaultItem),
    logBytes: field.unsigned(raw.logBytes, { where: "DiskStatus.logBytes", min: 0, max: 9007199254740991 }),
    writtenBytes: field.unsigned(raw.writtenBytes, { where: "DiskStatus.writtenBytes", min: 0, max: 9007199254740991 }),
    ...(raw.reverse !== undefined && raw.reverse !== null && { reverse: readReverseStatus(raw.reverse) }),
    ...(raw.rescan !== undefined && raw.rescan !== null && { rescan: readRescanStatus(raw.rescan) }),
    stages: field.list(raw.stages, { where: "DiskStatus.stages", itemsMax: 8 }, readStageStatus),
  };
}

interface RawRescanStatus {
  readonly beganMicros?: field.Integer | null | undefined;
  readonly endedMicros?: field.Integer | null | undefined;
  readonly tookMicros?: field.Integer | null | undefined;
}

/** How the rescans of a disk go. */
export interface RescanStatus {
  /** When the one under way began; 0 while none is. */
  readonly beganMicros: number;
  /** When the last one ended that came to its end, and how long it took; 0 before the first since the disk was opened. */
  readonly endedMicros: number;
  readonly tookMicros: number;
}

function readRescanStatus(raw: RawRescanStatus): RescanStatus {
  return {
    beganMicros: field.unsigned(raw.beganMicros, { where: "RescanStatus.beganMicros", min: 0, max: 9007199254740991 }),
    endedMicros: field.unsigned(raw.endedMicros, { where: "RescanStatus.endedMicros", min: 0, max: 9007199254740991 }),
    tookMicros: field.unsigned(raw.tookMicros, { where: "RescanStatus.tookMicros", min: 0, max: 9007199254740991 }),
  };
}

interface RawFaultItem {
  readonly code?: string | null | undefined;
  readonly kind?: string | null | undefined;
  readonly message?: string | null | undefined;
  readonly sinceMicros?: field.Integer | null | undefined;
}

export interface FaultItem {
  readonly code: string;
  readonly kind: "transient" | "discontinuity" | "corruption" | "protocol" | "operator";
  readonly message: string;
  readonly sinceMicros: number;
}

function readFaultItem(raw: RawFaultItem): FaultItem {
  return {
    code: field.name(raw.code, "FaultItem.code"),
    kind: field.oneOf(raw.kind, "FaultItem.kind", ["transient", "discontinuity", "corruption", "protocol", "operator"]),
    message: field.text(raw.message, { where: "FaultItem.message", min: 0, max: 4096 }),
    sinceMicros: field.unsigned(raw.sinceMicros, { where: "FaultItem.sinceMicros", min: 0, max: 9007199254740991 }),
  };
}

interface RawListCandidates {
}

export interface ListCandidates {
}

function readListCandidates(_raw: RawListCandidates): ListCandidates {
  return {
  };
}

interface RawCandidateList {
  readonly items?: readonly RawCandidate[] | null | undefined;
}

export interface CandidateList {
  readonly items: readonly Candidate[];
}

function readCandidateList(raw: RawCandidateList): CandidateList {
  return {
    items: field.list(raw.items, { where: "CandidateList.items", itemsMax: 4096 }, readCandidate),
  };
}

interface RawCandidate {
  readonly path?: string | null | undefined;
  readonly kind?: string | null | undefined;
  readonly sizeBytes?: field.Integer | null | undefined;
  readonly refusal?: string | null | undefined;
  readonly trackerRefusal?: string | null | undefined;
  readonly rescanRefusal?: string | null | undefined;
}

export interface Candidate {
  readonly path: string;
  readonly kind: "file" | "block-device";
  readonly sizeBytes: number;
  /** Empty when a splitter could capture it; else why not. */
  readonly refusal: string;
  /** Empty when a tracker could; else why not. */
  readonly trackerRefusal: string;
  /** Empty when rescans could; else why not. */
  readonly rescanRefusal: string;
}

function readCandidate(raw: RawCandidate): Candidate {
  return {
    path: field.text(raw.path, { where: "Candidate.path", min: 0, max: 4096 }),
    kind: field.oneOf(raw.kind, "Candidate.kind", ["file", "block-device"]),
    sizeBytes: field.unsigned(raw.sizeBytes, { where: "Candidate.sizeBytes", min: 0, max: 9007199254740991 }),
    refusal: field.text(raw.refusal, { where: "Candidate.refusal", min: 0, max: 4096 }),
    trackerRefusal: field.text(raw.trackerRefusal, { where: "Candidate.trackerRefusal", min: 0, max: 4096 }),
    rescanRefusal: field.text(raw.rescanRefusal, { where: "Candidate.rescanRefusal", min: 0, max: 4096 }),
  };
}

interface RawCreatePoint {
  readonly machineId?: string | null | undefined;
  readonly consistency?: string | null | undefined;
}

/** Answered when the point is stored at the target. */
export interface CreatePoint {
  readonly machineId: string;
  readonly consistency: "crash" | "file-system" | "application";
}

function readCreatePoint(raw: RawCreatePoint): CreatePoint {
  return {
    machineId: field.id128(raw.machineId, "CreatePoint.machineId"),
    consistency: field.oneOf(raw.consistency, "CreatePoint.consistency", ["crash", "file-system", "application"]),
  };
}

interface RawCreateGroupPoint {
  readonly revisionId?: string | null | undefined;
  readonly consistency?: string | null | undefined;
}

/** Makes a point of the group in which the asked machine is, now; answered when every member has said what became of its part. */
export interface CreateGroupPoint {
  readonly revisionId: string;
  readonly consistency: "crash" | "file-system" | "application";
}

function readCreateGroupPoint(raw: RawCreateGroupPoint): CreateGroupPoint {
  return {
    revisionId: field.id128(raw.revisionId, "CreateGroupPoint.revisionId"),
    consistency: field.oneOf(raw.consistency, "CreateGroupPoint.consistency", ["crash", "file-system", "application"]),
  };
}

interface RawGroupPointMade {
  readonly pointId?: string | null | undefined;
  readonly markedIds?: readonly string[] | null | undefined;
}

export interface GroupPointMade {
  readonly pointId: string;
  /** Members that raised the mark while they held their writes. */
  readonly markedIds: readonly string[];
}

function readGroupPointMade(raw: RawGroupPointMade): GroupPointMade {
  return {
    pointId: field.name(raw.pointId, "GroupPointMade.pointId"),
    markedIds: field.list(raw.markedIds, { where: "GroupPointMade.markedIds", itemsMax: 256 }, (item) => field.name(item, "GroupPointMade.markedIds")),
  };
}

interface RawAwaitPoint {
  readonly pointId?: string | null | undefined;
}

/** Answered when the machine's part of a point of its group, made lately, is stored at the target. */
export interface AwaitPoint {
  readonly pointId: string;
}

function readAwaitPoint(raw: RawAwaitPoint): AwaitPoint {
  return {
    pointId: field.name(raw.pointId, "AwaitPoint.pointId"),
  };
}

interface RawRenewCertificate {
  readonly csrPem?: string | null | undefined;
}

export interface RenewCertificate {
  readonly csrPem: string;
}

function readRenewCertificate(raw: RawRenewCertificate): RenewCertificate {
  return {
    csrPem: field.text(raw.csrPem, { where: "RenewCertificate.csrPem", min: 0, max: 16384 }),
  };
}

interface RawTakeTrust {
  readonly caPem?: string | null | undefined;
  readonly crlPem?: string | null | undefined;
}

/** Whom to trust from now on. Answered when it is durable. */
export interface TakeTrust {
  /** PEM of each authority, first the one that issues. */
  readonly caPem: string;
  /** PEM of a list of each, label X509 CRL. */
  readonly crlPem: string;
}

function readTakeTrust(raw: RawTakeTrust): TakeTrust {
  return {
    caPem: field.text(raw.caPem, { where: "TakeTrust.caPem", min: 0, max: 16384 }),
    crlPem: field.text(raw.crlPem, { where: "TakeTrust.crlPem", min: 0, max: 524288 }),
  };
}

interface RawTrustTaken {
  readonly authorities?: readonly string[] | null | undefined;
  readonly issuer?: string | null | undefined;
}

export interface TrustTaken {
  /** SHA-256 of the certificate of each authority that is trusted now, hex. */
  readonly authorities: readonly string[];
  /** Of the one that issued the daemon's own certificate. */
  readonly issuer: string;
}

function readTrustTaken(raw: RawTrustTaken): TrustTaken {
  return {
    authorities: field.list(raw.authorities, { where: "TrustTaken.authorities", itemsMax: 4 }, (item) => field.text(item, { where: "TrustTaken.authorities", min: 0, max: 64 })),
    issuer: field.text(raw.issuer, { where: "TrustTaken.issuer", min: 0, max: 64 }),
  };
}

interface RawCertificate {
  readonly certificatePem?: string | null | undefined;
  readonly caPem?: string | null | undefined;
  readonly crlPem?: string | null | undefined;
}

export interface Certificate {
  readonly certificatePem: string;
  readonly caPem: string;
  /** PEM, label X509 CRL. */
  readonly crlPem: string;
}

function readCertificate(raw: RawCertificate): Certificate {
  return {
    certificatePem: field.text(raw.certificatePem, { where: "Certificate.certificatePem", min: 0, max: 16384 }),
    caPem: field.text(raw.caPem, { where: "Certificate.caPem", min: 0, max: 16384 }),
    crlPem: field.text(raw.crlPem, { where: "Certificate.crlPem", min: 0, max: 524288 }),
  };
}

interface RawProcessServerPlan {
  readonly version?: field.Integer | null | undefined;
  readonly disks?: readonly RawForwardedDisk[] | null | undefined;
  readonly bandwidth?: RawBandwidth | null | undefined;
  readonly collected?: RawCollectedMachines | null | undefined;
}

export interface ProcessServerPlan {
  readonly version: number;
  readonly disks: readonly ForwardedDisk[];
  /** Of all that is forwarded; none is no limit. */
  readonly bandwidth?: Bandwidth | undefined;
  /** None where no machine's data are collected from a container. */
  readonly collected?: CollectedMachines | undefined;
}

function readProcessServerPlan(raw: RawProcessServerPlan): ProcessServerPlan {
  return {
    version: field.unsigned(raw.version, { where: "ProcessServerPlan.version", min: 0, max: 9007199254740991 }),
    disks: field.list(raw.disks, { where: "ProcessServerPlan.disks", itemsMax: 8192 }, readForwardedDisk),
    ...(raw.bandwidth !== undefined && raw.bandwidth !== null && { bandwidth: readBandwidth(raw.bandwidth) }),
    ...(raw.collected !== undefined && raw.collected !== null && { collected: readCollectedMachines(raw.collected) }),
  };
}

interface RawCollectedMachines {
  readonly items?: readonly RawCollectedMachine[] | null | undefined;
}

export interface CollectedMachines {
  readonly items: readonly CollectedMachine[];
}

function readCollectedMachines(raw: RawCollectedMachines): CollectedMachines {
  return {
    items: field.list(raw.items, { where: "CollectedMachines.items", itemsMax: 8192 }, readCollectedMachine),
  };
}

interface RawCollectedMachine {
  readonly storeUrl?: string | null | undefined;
  readonly machine?: RawCachePeer | null | undefined;
}

export interface CollectedMachine {
  readonly storeUrl: string;
  readonly machine: CachePeer;
}

function readCollectedMachine(raw: RawCollectedMachine): CollectedMachine {
  return {
    storeUrl: field.text(raw.storeUrl, { where: "CollectedMachine.storeUrl", min: 0, max: 4096 }),
    machine: readCachePeer(field.required(raw.machine, "CollectedMachine.machine")),
  };
}

interface RawForwardedDisk {
  readonly machineId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly term?: field.Integer | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly targetId?: string | null | undefined;
  readonly targetAddress?: RawAddress | null | undefined;
  readonly keyId?: string | null | undefined;
  readonly wrappedKey?: string | null | undefined;
  readonly codec?: string | null | undefined;
  readonly cacheBytesMax?: field.Integer | null | undefined;
  readonly further?: readonly RawFurtherTarget[] | null | undefined;
}

export interface ForwardedDisk {
  readonly machineId: string;
  readonly diskId: string;
  /** The lease under which this process server forwards the disk. */
  readonly term: number;
  readonly epoch: number;
  readonly targetId: string;
  readonly targetAddress: Address;
  readonly keyId: string;
  /** The data key, wrapped to this process server (compact JWE). */
  readonly wrappedKey: string;
  readonly codec: "none" | "lz4" | "zstd";
  readonly cacheBytesMax: number;
  /** Beside the main target, which is named above. */
  readonly further: readonly FurtherTarget[];
}

function readForwardedDisk(raw: RawForwardedDisk): ForwardedDisk {
  return {
    machineId: field.id128(raw.machineId, "ForwardedDisk.machineId"),
    diskId: field.id128(raw.diskId, "ForwardedDisk.diskId"),
    term: field.unsigned(raw.term, { where: "ForwardedDisk.term", min: 0, max: 9007199254740991 }),
    epoch: field.unsigned(raw.epoch, { where: "ForwardedDisk.epoch", min: 0, max: 9007199254740991 }),
    targetId: field.name(raw.targetId, "ForwardedDisk.targetId"),
    targetAddress: readAddress(field.required(raw.targetAddress, "ForwardedDisk.targetAddress")),
    keyId: field.maybeEmpty(raw.keyId, "ForwardedDisk.keyId", field.name),
    wrappedKey: field.text(raw.wrappedKey, { where: "ForwardedDisk.wrappedKey", min: 0, max: 4096 }),
    codec: field.oneOf(raw.codec, "ForwardedDisk.codec", ["none", "lz4", "zstd"]),
    cacheBytesMax: field.unsigned(raw.cacheBytesMax, { where: "ForwardedDisk.cacheBytesMax", min: 0, max: 9007199254740991 }),
    further: field.list(raw.further, { where: "ForwardedDisk.further", itemsMax: 8 }, readFurtherTarget),
  };
}

interface RawFurtherTarget {
  readonly targetId?: string | null | undefined;
  readonly address?: RawAddress | null | undefined;
}

/** Gets the same sealed segments and points as the main target, and holds nothing of that back. */
export interface FurtherTarget {
  readonly targetId: string;
  readonly address: Address;
}

function readFurtherTarget(raw: RawFurtherTarget): FurtherTarget {
  return {
    targetId: field.name(raw.targetId, "FurtherTarget.targetId"),
    address: readAddress(field.required(raw.address, "FurtherTarget.address")),
  };
}

interface RawProcessServerStatus {
  readonly planVersion?: field.Integer | null | undefined;
  readonly softwareVersion?: string | null | undefined;
  readonly dataAddress?: RawAddress | null | undefined;
  readonly disks?: readonly RawForwardStatus[] | null | undefined;
  readonly cacheFreeBytes?: field.Integer | null | undefined;
  readonly cacheTotalBytes?: field.Integer | null | undefined;
  readonly health?: RawHostHealth | null | undefined;
  readonly bandwidth?: RawBandwidthStatus | null | undefined;
  readonly links?: readonly RawLinkStatus[] | null | undefined;
}

export interface ProcessServerStatus {
  readonly planVersion: number;
  readonly softwareVersion: string;
  readonly dataAddress: Address;
  readonly disks: readonly ForwardStatus[];
  readonly cacheFreeBytes: number;
  readonly cacheTotalBytes: number;
  readonly health: HostHealth;
  readonly bandwidth?: BandwidthStatus | undefined;
  /** One for each master target of the plan. */
  readonly links: readonly LinkStatus[];
}

function readProcessServerStatus(raw: RawProcessServerStatus): ProcessServerStatus {
  return {
    planVersion: field.unsigned(raw.planVersion, { where: "ProcessServerStatus.planVersion", min: 0, max: 9007199254740991 }),
    softwareVersion: field.text(raw.softwareVersion, { where: "ProcessServerStatus.softwareVersion", min: 0, max: 4096 }),
    dataAddress: readAddress(field.required(raw.dataAddress, "ProcessServerStatus.dataAddress")),
    disks: field.list(raw.disks, { where: "ProcessServerStatus.disks", itemsMax: 8192 }, readForwardStatus),
    cacheFreeBytes: field.unsigned(raw.cacheFreeBytes, { where: "ProcessServerStatus.cacheFreeBytes", min: 0, max: 9007199254740991 }),
    cacheTotalBytes: field.unsigned(raw.cacheTotalBytes, { where: "ProcessServerStatus.cacheTotalBytes", min: 0, max: 9007199254740991 }),
    health: readHostHealth(field.required(raw.health, "ProcessServerStatus.health")),
    ...(raw.bandwidth !== undefined && raw.bandwidth !== null && { bandwidth: readBandwidthStatus(raw.bandwidth) }),
    links: field.list(raw.links, { where: "ProcessServerStatus.links", itemsMax: 256 }, readLinkStatus),
  };
}

interface RawForwardStatus {
  readonly diskId?: string | null | undefined;
  readonly cachedSequence?: field.Integer | null | undefined;
  readonly journaledSequence?: field.Integer | null | undefined;
  readonly cacheBytes?: field.Integer | null | undefined;
  readonly receivedBytes?: field.Integer | null | undefined;
  readonly forwardedBytes?: field.Integer | null | undefined;
  readonly faults?: readonly RawFaultItem[] | null | undefined;
  readonly further?: readonly RawFurtherStatus[] | null | undefined;
  readonly stages?: readonly RawStageStatus[] | null | undefined;
  readonly cutRawBytes?: field.Integer | null | undefined;
  readonly cutSealedBytes?: field.Integer | null | undefined;
}

export interface ForwardStatus {
  readonly diskId: string;
  readonly cachedSequence: number;
  readonly journaledSequence: number;
  readonly cacheBytes: number;
  /** Raw bytes taken in, and sealed bytes sent, since the daemon started. */
  readonly receivedBytes: number;
  readonly forwardedBytes: number;
  readonly faults: readonly FaultItem[];
  /** One for each of the plan. */
  readonly further: readonly FurtherStatus[];
  /** cache, compress and forward. */
  readonly stages: readonly StageStatus[];
  /** Of the cuts made since the daemon started: raw bytes of the records that went into them, and the bytes that they became. */
  readonly cutRawBytes: number;
  readonly cutSealedBytes: number;
}

function readForwardStatus(raw: RawForwardStatus): ForwardStatus {
  return {
    diskId: field.id128(raw.diskId, "ForwardStatus.diskId"),
    cachedSequence: field.unsigned(raw.cachedSequence, { where: "ForwardStatus.cachedSequence", min: 0, max: 9007199254740991 }),
    journaledSequence: field.unsigned(raw.journaledSequence, { where: "ForwardStatus.journaledSequence", min: 0, max: 9007199254740991 }),
    cacheBytes: field.unsigned(raw.cacheBytes, { where: "ForwardStatus.cacheBytes", min: 0, max: 9007199254740991 }),
    receivedBytes: field.unsigned(raw.receivedBytes, { where: "ForwardStatus.receivedBytes", min: 0, max: 9007199254740991 }),
    forwardedBytes: field.unsigned(raw.forwardedBytes, { where: "ForwardStatus.forwardedBytes", min: 0, max: 9007199254740991 }),
    faults: field.list(raw.faults, { where: "ForwardStatus.faults", itemsMax: 64 }, readFaultItem),
    further: field.list(raw.further, { where: "ForwardStatus.further", itemsMax: 8 }, readFurtherStatus),
    stages: field.list(raw.stages, { where: "ForwardStatus.stages", itemsMax: 8 }, readStageStatus),
    cutRawBytes: field.unsigned(raw.cutRawBytes, { where: "ForwardStatus.cutRawBytes", min: 0, max: 9007199254740991 }),
    cutSealedBytes: field.unsigned(raw.cutSealedBytes, { where: "ForwardStatus.cutSealedBytes", min: 0, max: 9007199254740991 }),
  };
}

interface RawFurtherStatus {
  readonly targetId?: string | null | undefined;
  readonly journaledSequence?: field.Integer | null | undefined;
  readonly state?: string | null | undefined;
  readonly heldBytes?: field.Integer | null | undefined;
  readonly forwardedBytes?: field.Integer | null | undefined;
  readonly faults?: readonly RawFaultItem[] | null | undefined;
}

export interface FurtherStatus {
  readonly targetId: string;
  /** Of the present branch, as far as it is known. */
  readonly journaledSequence: number;
  /** left-behind: what it lacks is not held any more. */
  readonly state: "following" | "left-behind";
  /** Cuts that are held for it alone. */
  readonly heldBytes: number;
  readonly forwardedBytes: number;
  readonly faults: readonly FaultItem[];
}

function readFurtherStatus(raw: RawFurtherStatus): FurtherStatus {
  return {
    targetId: field.name(raw.targetId, "FurtherStatus.targetId"),
    journaledSequence: field.unsigned(raw.journaledSequence, { where: "FurtherStatus.journaledSequence", min: 0, max: 9007199254740991 }),
    state: field.oneOf(raw.state, "FurtherStatus.state", ["following", "left-behind"]),
    heldBytes: field.unsigned(raw.heldBytes, { where: "FurtherStatus.heldBytes", min: 0, max: 9007199254740991 }),
    forwardedBytes: field.unsigned(raw.forwardedBytes, { where: "FurtherStatus.forwardedBytes", min: 0, max: 9007199254740991 }),
    faults: field.list(raw.faults, { where: "FurtherStatus.faults", itemsMax: 64 }, readFaultItem),
  };
}

interface RawHostHealth {
  readonly cpuFraction?: number | null | undefined;
  readonly memoryFraction?: number | null | undefined;
  readonly residentBytes?: field.Integer | null | undefined;
  readonly cpuMicros?: field.Integer | null | undefined;
}

export interface HostHealth {
  readonly cpuFraction: number;
  readonly memoryFraction: number;
  readonly residentBytes: number;
  /** Of the daemon, on all cores, since it started; 0 when it does not say. */
  readonly cpuMicros: number;
}

function readHostHealth(raw: RawHostHealth): HostHealth {
  return {
    cpuFraction: field.double(raw.cpuFraction, "HostHealth.cpuFraction"),
    memoryFraction: field.double(raw.memoryFraction, "HostHealth.memoryFraction"),
    residentBytes: field.unsigned(raw.residentBytes, { where: "HostHealth.residentBytes", min: 0, max: 9007199254740991 }),
    cpuMicros: field.unsigned(raw.cpuMicros, { where: "HostHealth.cpuMicros", min: 0, max: 9007199254740991 }),
  };
}

interface RawWrapKey {
  readonly diskId?: string | null | undefined;
  readonly keyId?: string | null | undefined;
  readonly recipient?: string | null | undefined;
  readonly publicKeyPem?: string | null | undefined;
}

/** Wraps the data key of a disk to one more recipient: asked of the process server that forwards the disk, which has it. */
export interface WrapKey {
  readonly diskId: string;
  readonly keyId: string;
  /** A master target. */
  readonly recipient: string;
  readonly publicKeyPem: string;
}

function readWrapKey(raw: RawWrapKey): WrapKey {
  return {
    diskId: field.id128(raw.diskId, "WrapKey.diskId"),
    keyId: field.name(raw.keyId, "WrapKey.keyId"),
    recipient: field.name(raw.recipient, "WrapKey.recipient"),
    publicKeyPem: field.text(raw.publicKeyPem, { where: "WrapKey.publicKeyPem", min: 1, max: 16384 }),
  };
}

interface RawMasterTargetPlan {
  readonly version?: field.Integer | null | undefined;
  readonly disks?: readonly RawTargetDisk[] | null | undefined;
}

export interface MasterTargetPlan {
  readonly version: number;
  readonly disks: readonly TargetDisk[];
}

function readMasterTargetPlan(raw: RawMasterTargetPlan): MasterTargetPlan {
  return {
    version: field.unsigned(raw.version, { where: "MasterTargetPlan.version", min: 0, max: 9007199254740991 }),
    disks: field.list(raw.disks, { where: "MasterTargetPlan.disks", itemsMax: 8192 }, readTargetDisk),
  };
}

interface RawWrappedKey {
  readonly recipient?: string | null | undefined;
  readonly jwe?: string | null | undefined;
}

export interface WrappedKey {
  /** "recovery" or the id of the server that it is wrapped to */
  readonly recipient: string;
  readonly jwe: string;
}

function readWrappedKey(raw: RawWrappedKey): WrappedKey {
  return {
    recipient: field.name(raw.recipient, "WrappedKey.recipient"),
    jwe: field.text(raw.jwe, { where: "WrappedKey.jwe", min: 0, max: 4096 }),
  };
}

interface RawTargetDisk {
  readonly machineId?: string | null | undefined;
  readonly machineName?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly diskName?: string | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly term?: field.Integer | null | undefined;
  readonly processServerId?: string | null | undefined;
  readonly keyId?: string | null | undefined;
  readonly wrappedKeys?: readonly RawWrappedKey[] | null | undefined;
  readonly retentionSeconds?: field.Integer | null | undefined;
  readonly retentionBytesMax?: field.Integer | null | undefined;
  readonly intake?: boolean | null | undefined;
  readonly thinningTiers?: readonly RawThinningTier[] | null | undefined;
}

export interface TargetDisk {
  readonly machineId: string;
  readonly machineName: string;
  readonly diskId: string;
  readonly diskName: string;
  readonly epoch: number;
  readonly term: number;
  readonly processServerId: string;
  readonly keyId: string;
  readonly wrappedKeys: readonly WrappedKey[];
  readonly retentionSeconds: number;
  /** Bytes; 0 is no limit. */
  readonly retentionBytesMax: number;
  /** False once unprotected: the points stay, nothing more is taken in. */
  readonly intake: boolean;
  /** Which points stay behind the any-point window, the youngest first; none: all of them. */
  readonly thinningTiers: readonly ThinningTier[];
}

function readTargetDisk(raw: RawTargetDisk): TargetDisk {
  return {
    machineId: field.id128(raw.machineId, "TargetDisk.machineId"),
    machineName: field.text(raw.machineName, { where: "TargetDisk.machineName", min: 0, max: 4096 }),
    diskId: field.id128(raw.diskId, "TargetDisk.diskId"),
    diskName: field.text(raw.diskName, { where: "TargetDisk.diskName", min: 0, max: 4096 }),
    epoch: field.unsigned(raw.epoch, { where: "TargetDisk.epoch", min: 0, max: 9007199254740991 }),
    term: field.unsigned(raw.term, { where: "TargetDisk.term", min: 0, max: 9007199254740991 }),
    processServerId: field.maybeEmpty(raw.processServerId, "TargetDisk.processServerId", field.name),
    keyId: field.maybeEmpty(raw.keyId, "TargetDisk.keyId", field.name),
    wrappedKeys: field.list(raw.wrappedKeys, { where: "TargetDisk.wrappedKeys", itemsMax: 64 }, readWrappedKey),
    retentionSeconds: field.unsigned(raw.retentionSeconds, { where: "TargetDisk.retentionSeconds", min: 0, max: 9007199254740991 }),
    retentionBytesMax: field.unsigned(raw.retentionBytesMax, { where: "TargetDisk.retentionBytesMax", min: 0, max: 9007199254740991 }),
    intake: field.bool(raw.intake, "TargetDisk.intake"),
    thinningTiers: field.list(raw.thinningTiers, { where: "TargetDisk.thinningTiers", itemsMax: 8 }, readThinningTier),
  };
}

interface RawThinningTier {
  readonly afterSeconds?: field.Integer | null | undefined;
  readonly stepSeconds?: field.Integer | null | undefined;
}

/** Of points older than this one per step stays. */
export interface ThinningTier {
  readonly afterSeconds: number;
  readonly stepSeconds: number;
}

function readThinningTier(raw: RawThinningTier): ThinningTier {
  return {
    afterSeconds: field.unsigned(raw.afterSeconds, { where: "ThinningTier.afterSeconds", min: 0, max: 9007199254740991 }),
    stepSeconds: field.unsigned(raw.stepSeconds, { where: "ThinningTier.stepSeconds", min: 1, max: 9007199254740991 }),
  };
}

interface RawMasterTargetStatus {
  readonly planVersion?: field.Integer | null | undefined;
  readonly softwareVersion?: string | null | undefined;
  readonly targetAddress?: RawAddress | null | undefined;
  readonly disks?: readonly RawTargetDiskStatus[] | null | undefined;
  readonly freeBytes?: field.Integer | null | undefined;
  readonly totalBytes?: field.Integer | null | undefined;
  readonly health?: RawHostHealth | null | undefined;
  readonly saves?: readonly RawSaveStatus[] | null | undefined;
  readonly replicas?: readonly RawReplicaStatus[] | null | undefined;
  readonly store?: RawStoreStatus | null | undefined;
}

export interface MasterTargetStatus {
  readonly planVersion: number;
  readonly softwareVersion: string;
  readonly targetAddress: Address;
  readonly disks: readonly TargetDiskStatus[];
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly health: HostHealth;
  /** Under way: saves of points, and loads of seeds. */
  readonly saves: readonly SaveStatus[];
  /** Replica machines that were started here and not removed. */
  readonly replicas: readonly ReplicaStatus[];
  /** Absent where the journals lie in the home. */
  readonly store?: StoreStatus | undefined;
}

function readMasterTargetStatus(raw: RawMasterTargetStatus): MasterTargetStatus {
  return {
    planVersion: field.unsigned(raw.planVersion, { where: "MasterTargetStatus.planVersion", min: 0, max: 9007199254740991 }),
    softwareVersion: field.text(raw.softwareVersion, { where: "MasterTargetStatus.softwareVersion", min: 0, max: 4096 }),
    targetAddress: readAddress(field.required(raw.targetAddress, "MasterTargetStatus.targetAddress")),
    disks: field.list(raw.disks, { where: "MasterTargetStatus.disks", itemsMax: 8192 }, readTargetDiskStatus),
    freeBytes: field.unsigned(raw.freeBytes, { where: "MasterTargetStatus.freeBytes", min: 0, max: 9007199254740991 }),
    totalBytes: field.unsigned(raw.totalBytes, { where: "MasterTargetStatus.totalBytes", min: 0, max: 9007199254740991 }),
    health: readHostHealth(field.required(raw.health, "MasterTargetStatus.health")),
    saves: field.list(raw.saves, { where: "MasterTargetStatus.saves", itemsMax: 64 }, readSaveStatus),
    replicas: field.list(raw.replicas, { where: "MasterTargetStatus.replicas", itemsMax: 256 }, readReplicaStatus),
    ...(raw.store !== undefined && raw.store !== null && { store: readStoreStatus(raw.store) }),
  };
}

interface RawStoreStatus {
  readonly place?: string | null | undefined;
  readonly leased?: boolean | null | undefined;
  readonly puts?: field.Integer | null | undefined;
  readonly gets?: field.Integer | null | undefined;
  readonly lists?: field.Integer | null | undefined;
  readonly removes?: field.Integer | null | undefined;
  readonly retries?: field.Integer | null | undefined;
  readonly sentBytes?: field.Integer | null | undefined;
  readonly receivedBytes?: field.Integer | null | undefined;
  readonly requestsPerGb?: number | null | undefined;
  readonly heldLocks?: RawHeldLocks | null | undefined;
}

/** The object store in which journals lie, and what was asked of it since the start. */
export interface StoreStatus {
  /** For people; no secret in it. */
  readonly place: string;
  /** It does not honour conditions: one server at a time writes to it, under a lease. */
  readonly leased: boolean;
  readonly puts: number;
  readonly gets: number;
  readonly lists: number;
  readonly removes: number;
  /** Of all these, those that were tried again. */
  readonly retries: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** For each 10^9 bytes that were sent; 0 while nothing was. */
  readonly requestsPerGb: number;
  /** Absent where the store cannot hold objects. */
  readonly heldLocks?: HeldLocks | undefined;
}

function readStoreStatus(raw: RawStoreStatus): StoreStatus {
  return {
    place: field.text(raw.place, { where: "StoreStatus.place", min: 0, max: 4096 }),
    leased: field.bool(raw.leased, "StoreStatus.leased"),
    puts: field.unsigned(raw.puts, { where: "StoreStatus.puts", min: 0, max: 9007199254740991 }),
    gets: field.unsigned(raw.gets, { where: "StoreStatus.gets", min: 0, max: 9007199254740991 }),
    lists: field.unsigned(raw.lists, { where: "StoreStatus.lists", min: 0, max: 9007199254740991 }),
    removes: field.unsigned(raw.removes, { where: "StoreStatus.removes", min: 0, max: 9007199254740991 }),
    retries: field.unsigned(raw.retries, { where: "StoreStatus.retries", min: 0, max: 9007199254740991 }),
    sentBytes: field.unsigned(raw.sentBytes, { where: "StoreStatus.sentBytes", min: 0, max: 9007199254740991 }),
    receivedBytes: field.unsigned(raw.receivedBytes, { where: "StoreStatus.receivedBytes", min: 0, max: 9007199254740991 }),
    requestsPerGb: field.double(raw.requestsPerGb, "StoreStatus.requestsPerGb"),
    ...(raw.heldLocks !== undefined && raw.heldLocks !== null && { heldLocks: readHeldLocks(raw.heldLocks) }),
  };
}

interface RawHeldLocks {
  readonly locks?: field.Integer | null | undefined;
  readonly held?: field.Integer | null | undefined;
}

/** Locks of points, each at each of its disks. */
export interface HeldLocks {
  readonly locks: number;
  /** Those whose points' objects the store itself holds until the lock's end. */
  readonly held: number;
}

function readHeldLocks(raw: RawHeldLocks): HeldLocks {
  return {
    locks: field.unsigned(raw.locks, { where: "HeldLocks.locks", min: 0, max: 4294967295 }),
    held: field.unsigned(raw.held, { where: "HeldLocks.held", min: 0, max: 4294967295 }),
  };
}

interface RawSaveStatus {
  readonly jobId?: string | null | undefined;
  readonly progress?: RawCopyProgress | null | undefined;
}

export interface SaveStatus {
  readonly jobId: string;
  readonly progress: CopyProgress;
}

function readSaveStatus(raw: RawSaveStatus): SaveStatus {
  return {
    jobId: field.name(raw.jobId, "SaveStatus.jobId"),
    progress: readCopyProgress(field.required(raw.progress, "SaveStatus.progress")),
  };
}

interface RawTargetDiskStatus {
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly journaledSequence?: field.Integer | null | undefined;
  readonly newestPointMicros?: field.Integer | null | undefined;
  readonly oldestPointMicros?: field.Integer | null | undefined;
  readonly pointCount?: field.Integer | null | undefined;
  readonly journalBytes?: field.Integer | null | undefined;
  readonly history?: string | null | undefined;
  readonly faults?: readonly RawFaultItem[] | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly merging?: RawCopyProgress | null | undefined;
  readonly forecast?: RawHistoryForecast | null | undefined;
  readonly heldExcess?: RawHeldExcess | null | undefined;
  readonly copyNeeded?: boolean | null | undefined;
  readonly stages?: readonly RawStageStatus[] | null | undefined;
  readonly newestPointId?: string | null | undefined;
}

export interface TargetDiskStatus {
  readonly diskId: string;
  readonly branch: string;
  readonly journaledSequence: number;
  /** Until when the newest recoverable point is valid: its time, or later when nothing was written since; 0 when there is none. */
  readonly newestPointMicros: number;
  readonly oldestPointMicros: number;
  readonly pointCount: number;
  readonly journalBytes: number;
  readonly history: "continuous" | "reduced" | "gap";
  readonly faults: readonly FaultItem[];
  /** Highest epoch that this target has adopted for the disk's machine. */
  readonly epoch: number;
  /** Not there while nothing is merged. */
  readonly merging?: CopyProgress | undefined;
  /** Not there while no cut is seen, or too little is known. */
  readonly forecast?: HistoryForecast | undefined;
  /** Not there while the limit in bytes can be kept, or that is not known. */
  readonly heldExcess?: HeldExcess | undefined;
  /** Of what is held there is no whole copy, and none is coming in: of a further target, the source is to be asked for one (CopyDisk). */
  readonly copyNeeded: boolean;
  /** apply. */
  readonly stages: readonly StageStatus[];
  /** Of the newest recoverable point; empty when there is none. */
  readonly newestPointId: string;
}

function readTargetDiskStatus(raw: RawTargetDiskStatus): TargetDiskStatus {
  return {
    diskId: field.id128(raw.diskId, "TargetDiskStatus.diskId"),
    branch: field.maybeEmpty(raw.branch, "TargetDiskStatus.branch", field.id128),
    journaledSequence: field.unsigned(raw.journaledSequence, { where: "TargetDiskStatus.journaledSequence", min: 0, max: 9007199254740991 }),
    newestPointMicros: field.unsigned(raw.newestPointMicros, { where: "TargetDiskStatus.newestPointMicros", min: 0, max: 9007199254740991 }),
    oldestPointMicros: field.unsigned(raw.oldestPointMicros, { where: "TargetDiskStatus.oldestPointMicros", min: 0, max: 9007199254740991 }),
    pointCount: field.unsigned(raw.pointCount, { where: "TargetDiskStatus.pointCount", min: 0, max: 9007199254740991 }),
    journalBytes: field.unsigned(raw.journalBytes, { where: "TargetDiskStatus.journalBytes", min: 0, max: 9007199254740991 }),
    history: field.oneOf(raw.history, "TargetDiskStatus.history", ["continuous", "reduced", "gap"]),
    faults: field.list(raw.faults, { where: "TargetDiskStatus.faults", itemsMax: 64 }, readFaultItem),
    epoch: field.unsigned(raw.epoch, { where: "TargetDiskStatus.epoch", min: 0, max: 9007199254740991 }),
    ...(raw.merging !== undefined && raw.merging !== null && { merging: readCopyProgress(raw.merging) }),
    ...(raw.forecast !== undefined && raw.forecast !== null && { forecast: readHistoryForecast(raw.forecast) }),
    ...(raw.heldExcess !== undefined && raw.heldExcess !== null && { heldExcess: readHeldExcess(raw.heldExcess) }),
    copyNeeded: field.bool(raw.copyNeeded, "TargetDiskStatus.copyNeeded"),
    stages: field.list(raw.stages, { where: "TargetDiskStatus.stages", itemsMax: 8 }, readStageStatus),
    newestPointId: field.maybeEmpty(raw.newestPointId, "TargetDiskStatus.newestPointId", field.name),
  };
}

interface RawHistoryForecast {
  readonly atMicros?: field.Integer | null | undefined;
  readonly reachSeconds?: field.Integer | null | undefined;
  readonly reachLeftSeconds?: field.Integer | null | undefined;
  readonly growthBytesPerSecond?: field.Integer | null | undefined;
  readonly bytesMax?: field.Integer | null | undefined;
}

/** When the limit in bytes is going to cut a history that retention would keep. */
export interface HistoryForecast {
  /** Of the target's clock. */
  readonly atMicros: number;
  /** How far back history reaches then, right before the cut and right behind it. */
  readonly reachSeconds: number;
  readonly reachLeftSeconds: number;
  readonly growthBytesPerSecond: number;
  readonly bytesMax: number;
}

function readHistoryForecast(raw: RawHistoryForecast): HistoryForecast {
  return {
    atMicros: field.unsigned(raw.atMicros, { where: "HistoryForecast.atMicros", min: 0, max: 9007199254740991 }),
    reachSeconds: field.unsigned(raw.reachSeconds, { where: "HistoryForecast.reachSeconds", min: 0, max: 9007199254740991 }),
    reachLeftSeconds: field.unsigned(raw.reachLeftSeconds, { where: "HistoryForecast.reachLeftSeconds", min: 0, max: 9007199254740991 }),
    growthBytesPerSecond: field.unsigned(raw.growthBytesPerSecond, { where: "HistoryForecast.growthBytesPerSecond", min: 0, max: 9007199254740991 }),
    bytesMax: field.unsigned(raw.bytesMax, { where: "HistoryForecast.bytesMax", min: 0, max: 9007199254740991 }),
  };
}

interface RawHeldExcess {
  readonly bytes?: field.Integer | null | undefined;
  readonly bytesMax?: field.Integer | null | undefined;
  readonly pointCount?: field.Integer | null | undefined;
  readonly holders?: readonly RawPointHolder[] | null | undefined;
}

/** History that pins and locks keep, above the limit in bytes by itself. */
export interface HeldExcess {
  readonly bytes: number;
  readonly bytesMax: number;
  /** Points that are held. */
  readonly pointCount: number;
  /** Of those, the oldest. */
  readonly holders: readonly PointHolder[];
}

function readHeldExcess(raw: RawHeldExcess): HeldExcess {
  return {
    bytes: field.unsigned(raw.bytes, { where: "HeldExcess.bytes", min: 0, max: 9007199254740991 }),
    bytesMax: field.unsigned(raw.bytesMax, { where: "HeldExcess.bytesMax", min: 0, max: 9007199254740991 }),
    pointCount: field.unsigned(raw.pointCount, { where: "HeldExcess.pointCount", min: 0, max: 9007199254740991 }),
    holders: field.list(raw.holders, { where: "HeldExcess.holders", itemsMax: 8 }, readPointHolder),
  };
}

interface RawPointHolder {
  readonly pointId?: string | null | undefined;
  readonly timeMicros?: field.Integer | null | undefined;
  readonly kind?: string | null | undefined;
  readonly owner?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly untilMicros?: field.Integer | null | undefined;
}

/** Who keeps a point, and why. */
export interface PointHolder {
  readonly pointId: string;
  readonly timeMicros: number;
  readonly kind: "pin" | "lock";
  readonly owner: string;
  readonly reason: string;
  /** Until when a lock holds; 0 is without end, as is a pin. */
  readonly untilMicros: number;
}

function readPointHolder(raw: RawPointHolder): PointHolder {
  return {
    pointId: field.name(raw.pointId, "PointHolder.pointId"),
    timeMicros: field.unsigned(raw.timeMicros, { where: "PointHolder.timeMicros", min: 0, max: 9007199254740991 }),
    kind: field.oneOf(raw.kind, "PointHolder.kind", ["pin", "lock"]),
    owner: field.text(raw.owner, { where: "PointHolder.owner", min: 0, max: 4096 }),
    reason: field.text(raw.reason, { where: "PointHolder.reason", min: 0, max: 4096 }),
    untilMicros: field.unsigned(raw.untilMicros, { where: "PointHolder.untilMicros", min: 0, max: 9007199254740991 }),
  };
}

interface RawListPoints {
  readonly machineId?: string | null | undefined;
  readonly fromMicros?: field.Integer | null | undefined;
  readonly toMicros?: field.Integer | null | undefined;
  readonly itemsMax?: field.Integer | null | undefined;
  readonly lockedOnly?: boolean | null | undefined;
}

/** Points of the machine by time, oldest first. */
export interface ListPoints {
  readonly machineId: string;
  readonly fromMicros: number;
  /** 0 is no end. */
  readonly toMicros: number;
  /** The answer holds at most so many; 0 leaves it to the target. What is left is asked for from the last one's time + 1 on. */
  readonly itemsMax: number;
  /** None but those that a person has locked. */
  readonly lockedOnly: boolean;
}

function readListPoints(raw: RawListPoints): ListPoints {
  return {
    machineId: field.id128(raw.machineId, "ListPoints.machineId"),
    fromMicros: field.unsigned(raw.fromMicros, { where: "ListPoints.fromMicros", min: 0, max: 9007199254740991 }),
    toMicros: field.unsigned(raw.toMicros, { where: "ListPoints.toMicros", min: 0, max: 9007199254740991 }),
    itemsMax: field.unsigned(raw.itemsMax, { where: "ListPoints.itemsMax", min: 0, max: 1000 }),
    lockedOnly: field.bool(raw.lockedOnly, "ListPoints.lockedOnly"),
  };
}

interface RawPointList {
  readonly items?: readonly RawPointItem[] | null | undefined;
  readonly more?: boolean | null | undefined;
}

export interface PointList {
  readonly items: readonly PointItem[];
  /** There are further points after the last one. */
  readonly more: boolean;
}

function readPointList(raw: RawPointList): PointList {
  return {
    items: field.list(raw.items, { where: "PointList.items", itemsMax: 1000 }, readPointItem),
    more: field.bool(raw.more, "PointList.more"),
  };
}

interface RawPointItem {
  readonly id?: string | null | undefined;
  readonly machineId?: string | null | undefined;
  readonly timeMicros?: field.Integer | null | undefined;
  readonly validUntilMicros?: field.Integer | null | undefined;
  readonly epoch?: field.Integer | null | undefined;
  readonly kind?: string | null | undefined;
  readonly consistency?: string | null | undefined;
  readonly members?: readonly RawPointItemMember[] | null | undefined;
  readonly locked?: boolean | null | undefined;
  readonly missingDiskIds?: readonly string[] | null | undefined;
  readonly lockedUntilMicros?: field.Integer | null | undefined;
}

export interface PointItem {
  readonly id: string;
  readonly machineId: string;
  readonly timeMicros: number;
  readonly validUntilMicros: number;
  readonly epoch: number;
  readonly kind: "auto" | "mark" | "group";
  readonly consistency: "crash" | "file-system" | "application";
  readonly members: readonly PointItemMember[];
  readonly locked: boolean;
  /** Protected disks that have no part in it. */
  readonly missingDiskIds: readonly string[];
  /** When the lock ends by itself; 0 when it does not, or there is none. */
  readonly lockedUntilMicros: number;
}

function readPointItem(raw: RawPointItem): PointItem {
  return {
    id: field.name(raw.id, "PointItem.id"),
    machineId: field.id128(raw.machineId, "PointItem.machineId"),
    timeMicros: field.unsigned(raw.timeMicros, { where: "PointItem.timeMicros", min: 0, max: 9007199254740991 }),
    validUntilMicros: field.unsigned(raw.validUntilMicros, { where: "PointItem.validUntilMicros", min: 0, max: 9007199254740991 }),
    epoch: field.unsigned(raw.epoch, { where: "PointItem.epoch", min: 0, max: 9007199254740991 }),
    kind: field.oneOf(raw.kind, "PointItem.kind", ["auto", "mark", "group"]),
    consistency: field.oneOf(raw.consistency, "PointItem.consistency", ["crash", "file-system", "application"]),
    members: field.list(raw.members, { where: "PointItem.members", itemsMax: 1024 }, readPointItemMember),
    locked: field.bool(raw.locked, "PointItem.locked"),
    missingDiskIds: field.list(raw.missingDiskIds, { where: "PointItem.missingDiskIds", itemsMax: 1024 }, (item) => field.id128(item, "PointItem.missingDiskIds")),
    lockedUntilMicros: field.unsigned(raw.lockedUntilMicros, { where: "PointItem.lockedUntilMicros", min: 0, max: 9007199254740991 }),
  };
}

interface RawLockPoint {
  readonly machineId?: string | null | undefined;
  readonly pointId?: string | null | undefined;
  readonly owner?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly untilMicros?: field.Integer | null | undefined;
}

/** Keeps the point at all disks of the machine that this target holds. A lock that it has is replaced, and never ends earlier. */
export interface LockPoint {
  readonly machineId: string;
  readonly pointId: string;
  readonly owner: string;
  readonly reason: string;
  /** 0 is no end. */
  readonly untilMicros: number;
}

function readLockPoint(raw: RawLockPoint): LockPoint {
  return {
    machineId: field.id128(raw.machineId, "LockPoint.machineId"),
    pointId: field.name(raw.pointId, "LockPoint.pointId"),
    owner: field.text(raw.owner, { where: "LockPoint.owner", min: 0, max: 4096 }),
    reason: field.text(raw.reason, { where: "LockPoint.reason", min: 0, max: 4096 }),
    untilMicros: field.unsigned(raw.untilMicros, { where: "LockPoint.untilMicros", min: 0, max: 9007199254740991 }),
  };
}

interface RawUnlockPoint {
  readonly machineId?: string | null | undefined;
  readonly pointId?: string | null | undefined;
}

export interface UnlockPoint {
  readonly machineId: string;
  readonly pointId: string;
}

function readUnlockPoint(raw: RawUnlockPoint): UnlockPoint {
  return {
    machineId: field.id128(raw.machineId, "UnlockPoint.machineId"),
    pointId: field.name(raw.pointId, "UnlockPoint.pointId"),
  };
}

interface RawPointItemMember {
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly sequence?: field.Integer | null | undefined;
}

export interface PointItemMember {
  readonly diskId: string;
  readonly branch: string;
  readonly sequence: number;
}

function readPointItemMember(raw: RawPointItemMember): PointItemMember {
  return {
    diskId: field.id128(raw.diskId, "PointItemMember.diskId"),
    branch: field.id128(raw.branch, "PointItemMember.branch"),
    sequence: field.unsigned(raw.sequence, { where: "PointItemMember.sequence", min: 0, max: 9007199254740991 }),
  };
}

interface RawOpenPoint {
  readonly machineId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly at?: string | null | undefined;
  readonly socketPath?: string | null | undefined;
  readonly writable?: boolean | null | undefined;
}

export interface OpenPoint {
  readonly machineId: string;
  readonly diskId: string;
  /** latest, a point's id, or an RFC 3339 time. */
  readonly at: string;
  /** Path of the Unix socket (the system takes 107 bytes); empty lets the target choose. */
  readonly socketPath: string;
  readonly writable: boolean;
}

function readOpenPoint(raw: RawOpenPoint): OpenPoint {
  return {
    machineId: field.id128(raw.machineId, "OpenPoint.machineId"),
    diskId: field.id128(raw.diskId, "OpenPoint.diskId"),
    at: field.text(raw.at, { where: "OpenPoint.at", min: 0, max: 4096 }),
    socketPath: field.text(raw.socketPath, { where: "OpenPoint.socketPath", min: 0, max: 107 }),
    writable: field.bool(raw.writable, "OpenPoint.writable"),
  };
}

interface RawOpenedPoint {
  readonly id?: string | null | undefined;
  readonly pointId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly nbdUri?: string | null | undefined;
  readonly readOnly?: boolean | null | undefined;
  readonly sizeBytes?: field.Integer | null | undefined;
  readonly machineId?: string | null | undefined;
}

export interface OpenedPoint {
  readonly id: string;
  readonly pointId: string;
  readonly diskId: string;
  readonly nbdUri: string;
  readonly readOnly: boolean;
  readonly sizeBytes: number;
  readonly machineId: string;
}

function readOpenedPoint(raw: RawOpenedPoint): OpenedPoint {
  return {
    id: field.name(raw.id, "OpenedPoint.id"),
    pointId: field.name(raw.pointId, "OpenedPoint.pointId"),
    diskId: field.id128(raw.diskId, "OpenedPoint.diskId"),
    nbdUri: field.text(raw.nbdUri, { where: "OpenedPoint.nbdUri", min: 0, max: 4096 }),
    readOnly: field.bool(raw.readOnly, "OpenedPoint.readOnly"),
    sizeBytes: field.unsigned(raw.sizeBytes, { where: "OpenedPoint.sizeBytes", min: 0, max: 9007199254740991 }),
    machineId: field.id128(raw.machineId, "OpenedPoint.machineId"),
  };
}

interface RawOpenedList {
  readonly items?: readonly RawOpenedPoint[] | null | undefined;
}

export interface OpenedList {
  readonly items: readonly OpenedPoint[];
}

function readOpenedList(raw: RawOpenedList): OpenedList {
  return {
    items: field.list(raw.items, { where: "OpenedList.items", itemsMax: 1024 }, readOpenedPoint),
  };
}

interface RawClosePoint {
  readonly id?: string | null | undefined;
}

export interface ClosePoint {
  readonly id: string;
}

function readClosePoint(raw: RawClosePoint): ClosePoint {
  return {
    id: field.name(raw.id, "ClosePoint.id"),
  };
}

interface RawListOpened {
}

export interface ListOpened {
}

function readListOpened(_raw: RawListOpened): ListOpened {
  return {
  };
}

interface RawSavePoint {
  readonly machineId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly at?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly force?: boolean | null | undefined;
  readonly jobId?: string | null | undefined;
  readonly format?: string | null | undefined;
}

export interface SavePoint {
  readonly machineId: string;
  readonly diskId: string;
  readonly at: string;
  /** A file or block device on the master target's machine. */
  readonly path: string;
  readonly force: boolean;
  readonly jobId: string;
  /** The format of the file; raw when it is empty. Who asked for another looks whether the answer has it. */
  readonly format: string;
}

function readSavePoint(raw: RawSavePoint): SavePoint {
  return {
    machineId: field.id128(raw.machineId, "SavePoint.machineId"),
    diskId: field.id128(raw.diskId, "SavePoint.diskId"),
    at: field.text(raw.at, { where: "SavePoint.at", min: 0, max: 4096 }),
    path: field.text(raw.path, { where: "SavePoint.path", min: 0, max: 4096 }),
    force: field.bool(raw.force, "SavePoint.force"),
    jobId: field.maybeEmpty(raw.jobId, "SavePoint.jobId", field.name),
    format: field.text(raw.format, { where: "SavePoint.format", min: 0, max: 4096 }),
  };
}

interface RawCancelSave {
  readonly jobId?: string | null | undefined;
}

/** Answered when nothing is written for the job any more. */
export interface CancelSave {
  readonly jobId: string;
}

function readCancelSave(raw: RawCancelSave): CancelSave {
  return {
    jobId: field.name(raw.jobId, "CancelSave.jobId"),
  };
}

interface RawSavedPoint {
  readonly pointId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly bytes?: field.Integer | null | undefined;
  readonly sha256?: string | null | undefined;
  readonly format?: string | null | undefined;
}

export interface SavedPoint {
  readonly pointId: string;
  readonly diskId: string;
  readonly path: string;
  readonly bytes: number;
  /** Of the disk's content; hex. */
  readonly sha256: string;
  /** As it was asked for; empty from targets that know none but raw. */
  readonly format: string;
}

function readSavedPoint(raw: RawSavedPoint): SavedPoint {
  return {
    pointId: field.name(raw.pointId, "SavedPoint.pointId"),
    diskId: field.id128(raw.diskId, "SavedPoint.diskId"),
    path: field.text(raw.path, { where: "SavedPoint.path", min: 0, max: 4096 }),
    bytes: field.unsigned(raw.bytes, { where: "SavedPoint.bytes", min: 0, max: 9007199254740991 }),
    sha256: field.text(raw.sha256, { where: "SavedPoint.sha256", min: 64, max: 64 }),
    format: field.text(raw.format, { where: "SavedPoint.format", min: 0, max: 4096 }),
  };
}

interface RawLoadSeed {
  readonly machineId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly jobId?: string | null | undefined;
}

/** Takes a seed in from a folder of the master target's machine. Asked again, it goes on; `CancelSave` of its job ends it. */
export interface LoadSeed {
  readonly machineId: string;
  readonly diskId: string;
  /** The seed that is waited for. */
  readonly branch: string;
  readonly path: string;
  readonly jobId: string;
}

function readLoadSeed(raw: RawLoadSeed): LoadSeed {
  return {
    machineId: field.id128(raw.machineId, "LoadSeed.machineId"),
    diskId: field.id128(raw.diskId, "LoadSeed.diskId"),
    branch: field.id128(raw.branch, "LoadSeed.branch"),
    path: field.text(raw.path, { where: "LoadSeed.path", min: 0, max: 4096 }),
    jobId: field.name(raw.jobId, "LoadSeed.jobId"),
  };
}

interface RawSeedLoaded {
  readonly sequence?: field.Integer | null | undefined;
  readonly diskBytes?: field.Integer | null | undefined;
}

export interface SeedLoaded {
  /** Where it ends, on its branch. */
  readonly sequence: number;
  readonly diskBytes: number;
}

function readSeedLoaded(raw: RawSeedLoaded): SeedLoaded {
  return {
    sequence: field.unsigned(raw.sequence, { where: "SeedLoaded.sequence", min: 0, max: 9007199254740991 }),
    diskBytes: field.unsigned(raw.diskBytes, { where: "SeedLoaded.diskBytes", min: 0, max: 9007199254740991 }),
  };
}

interface RawDeleteHistory {
  readonly machineId?: string | null | undefined;
  readonly diskIds?: readonly string[] | null | undefined;
}

export interface DeleteHistory {
  readonly machineId: string;
  readonly diskIds: readonly string[];
}

function readDeleteHistory(raw: RawDeleteHistory): DeleteHistory {
  return {
    machineId: field.id128(raw.machineId, "DeleteHistory.machineId"),
    diskIds: field.list(raw.diskIds, { where: "DeleteHistory.diskIds", itemsMax: 1024 }, (item) => field.id128(item, "DeleteHistory.diskIds")),
  };
}

interface RawEventReport {
  readonly kind?: string | null | undefined;
  readonly subject?: string | null | undefined;
  readonly message?: string | null | undefined;
  readonly detail?: Readonly<Record<string, string>> | null | undefined;
  readonly severity?: string | null | undefined;
}

export interface EventReport {
  readonly kind: string;
  readonly subject: string;
  readonly message: string;
  readonly detail: Readonly<Record<string, string>>;
  readonly severity: "info" | "warning" | "critical";
}

function readEventReport(raw: RawEventReport): EventReport {
  return {
    kind: field.name(raw.kind, "EventReport.kind"),
    subject: field.text(raw.subject, { where: "EventReport.subject", min: 0, max: 4096 }),
    message: field.text(raw.message, { where: "EventReport.message", min: 0, max: 4096 }),
    detail: field.map(raw.detail, { where: "EventReport.detail", itemsMax: 64 }, (item) => field.text(item, { where: "EventReport.detail", min: 0, max: 4096 })),
    severity: field.oneOf(raw.severity, "EventReport.severity", ["info", "warning", "critical"]),
  };
}

interface RawDiskExtent {
  readonly offset?: field.Integer | null | undefined;
  readonly length?: field.Integer | null | undefined;
}

/** A part of a disk, in bytes. */
export interface DiskExtent {
  readonly offset: number;
  readonly length: number;
}

function readDiskExtent(raw: RawDiskExtent): DiskExtent {
  return {
    offset: field.unsigned(raw.offset, { where: "DiskExtent.offset", min: 0, max: 9007199254740991 }),
    length: field.unsigned(raw.length, { where: "DiskExtent.length", min: 1, max: 9007199254740991 }),
  };
}

interface RawReplicaDigests {
  readonly machineId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly offset?: field.Integer | null | undefined;
  readonly length?: field.Integer | null | undefined;
  readonly present?: boolean | null | undefined;
  readonly replicaId?: string | null | undefined;
}

/** What does the newest recoverable point hold? Asked of a master target; blocks are DIGEST_BLOCK_BYTES long (block-digests.ts). A machine asks the config server for a disk of its own, which asks the disk's target. */
export interface ReplicaDigests {
  readonly machineId: string;
  readonly diskId: string;
  /** A multiple of a block; what lies behind the disk's end is left out of the answer. */
  readonly offset: number;
  readonly length: number;
  /** Of all that is held now instead, also where no point can be. What cannot be read has a digest of zeroes. */
  readonly present: boolean;
  /** Of what the replica machine has on the disk now instead; branch and sequence of the answer are those of its overlay, before it was read. */
  readonly replicaId: string;
}

function readReplicaDigests(raw: RawReplicaDigests): ReplicaDigests {
  return {
    machineId: field.id128(raw.machineId, "ReplicaDigests.machineId"),
    diskId: field.id128(raw.diskId, "ReplicaDigests.diskId"),
    offset: field.unsigned(raw.offset, { where: "ReplicaDigests.offset", min: 0, max: 9007199254740991 }),
    length: field.unsigned(raw.length, { where: "ReplicaDigests.length", min: 1, max: 67108864 }),
    present: field.bool(raw.present, "ReplicaDigests.present"),
    replicaId: field.maybeEmpty(raw.replicaId, "ReplicaDigests.replicaId", field.name),
  };
}

interface RawBlockDigests {
  readonly pointId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly sequence?: field.Integer | null | undefined;
  readonly diskBytes?: field.Integer | null | undefined;
  readonly length?: field.Integer | null | undefined;
  readonly digests?: Uint8Array | null | undefined;
}

export interface BlockDigests {
  /** Empty where no point was asked for. */
  readonly pointId: string;
  /** Where the point, or all that is held, stands on this disk. */
  readonly branch: string;
  readonly sequence: number;
  /** Of the disk at the point. */
  readonly diskBytes: number;
  /** Of what was asked for, the bytes that the disk has; 0 behind its end. */
  readonly length: number;
  /** One after another, DIGEST_BYTES each; the last block may be shorter than the others. */
  readonly digests: Uint8Array;
}

function readBlockDigests(raw: RawBlockDigests): BlockDigests {
  return {
    pointId: field.maybeEmpty(raw.pointId, "BlockDigests.pointId", field.name),
    branch: field.id128(raw.branch, "BlockDigests.branch"),
    sequence: field.unsigned(raw.sequence, { where: "BlockDigests.sequence", min: 0, max: 9007199254740991 }),
    diskBytes: field.unsigned(raw.diskBytes, { where: "BlockDigests.diskBytes", min: 0, max: 9007199254740991 }),
    length: field.unsigned(raw.length, { where: "BlockDigests.length", min: 0, max: 9007199254740991 }),
    digests: field.binary(raw.digests, { where: "BlockDigests.digests", min: 0, max: 16384 }),
  };
}

interface RawCompareDigests {
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly sequence?: field.Integer | null | undefined;
  readonly offset?: field.Integer | null | undefined;
  readonly length?: field.Integer | null | undefined;
  readonly digests?: Uint8Array | null | undefined;
}

/** Does the source hold the same, where it did not change after that place? Asked of an agent. */
export interface CompareDigests {
  readonly diskId: string;
  readonly branch: string;
  readonly sequence: number;
  readonly offset: number;
  readonly length: number;
  readonly digests: Uint8Array;
}

function readCompareDigests(raw: RawCompareDigests): CompareDigests {
  return {
    diskId: field.id128(raw.diskId, "CompareDigests.diskId"),
    branch: field.id128(raw.branch, "CompareDigests.branch"),
    sequence: field.unsigned(raw.sequence, { where: "CompareDigests.sequence", min: 0, max: 9007199254740991 }),
    offset: field.unsigned(raw.offset, { where: "CompareDigests.offset", min: 0, max: 9007199254740991 }),
    length: field.unsigned(raw.length, { where: "CompareDigests.length", min: 1, max: 67108864 }),
    digests: field.binary(raw.digests, { where: "CompareDigests.digests", min: 0, max: 16384 }),
  };
}

interface RawComparison {
  readonly comparedBytes?: field.Integer | null | undefined;
  readonly skipped?: readonly RawDiskExtent[] | null | undefined;
  readonly differing?: readonly RawDiskExtent[] | null | undefined;
}

export interface Comparison {
  readonly comparedBytes: number;
  /** Blocks that changed after the place. */
  readonly skipped: readonly DiskExtent[];
  readonly differing: readonly DiskExtent[];
}

function readComparison(raw: RawComparison): Comparison {
  return {
    comparedBytes: field.unsigned(raw.comparedBytes, { where: "Comparison.comparedBytes", min: 0, max: 9007199254740991 }),
    skipped: field.list(raw.skipped, { where: "Comparison.skipped", itemsMax: 1024 }, readDiskExtent),
    differing: field.list(raw.differing, { where: "Comparison.differing", itemsMax: 1024 }, readDiskExtent),
  };
}

interface RawRecopyExtents {
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly extents?: readonly RawDiskExtent[] | null | undefined;
}

/** Reads the extents of the source into its history once more, as a span. Answered when it is durable that this will be done. */
export interface RecopyExtents {
  readonly diskId: string;
  readonly branch: string;
  readonly extents: readonly DiskExtent[];
}

function readRecopyExtents(raw: RawRecopyExtents): RecopyExtents {
  return {
    diskId: field.id128(raw.diskId, "RecopyExtents.diskId"),
    branch: field.id128(raw.branch, "RecopyExtents.branch"),
    extents: field.list(raw.extents, { where: "RecopyExtents.extents", itemsMax: 1024 }, readDiskExtent),
  };
}

interface RawResyncDisk {
  readonly diskId?: string | null | undefined;
  readonly whole?: boolean | null | undefined;
}

/** Reads the whole source anew, as a span of the branch that it is on. Answered when it is durable that this will be done. */
export interface ResyncDisk {
  readonly diskId: string;
  /** Sends all of it, also what the target is said to hold. */
  readonly whole: boolean;
}

function readResyncDisk(raw: RawResyncDisk): ResyncDisk {
  return {
    diskId: field.id128(raw.diskId, "ResyncDisk.diskId"),
    whole: field.bool(raw.whole, "ResyncDisk.whole"),
  };
}

interface RawCopyDisk {
  readonly diskId?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly afterSequence?: field.Integer | null | undefined;
}

/** Reads the whole source for a target that holds nothing of it, as an `initial` span of that branch which begins behind the sequence. One that is open, and began there, is enough. Points go on being made meanwhile. Answered when it is durable that this will be done. */
export interface CopyDisk {
  readonly diskId: string;
  readonly branch: string;
  readonly afterSequence: number;
}

function readCopyDisk(raw: RawCopyDisk): CopyDisk {
  return {
    diskId: field.id128(raw.diskId, "CopyDisk.diskId"),
    branch: field.id128(raw.branch, "CopyDisk.branch"),
    afterSequence: field.unsigned(raw.afterSequence, { where: "CopyDisk.afterSequence", min: 0, max: 9007199254740991 }),
  };
}

interface RawResyncBegun {
  readonly branch?: string | null | undefined;
  readonly sequence?: field.Integer | null | undefined;
}

/** The copy has ended when the disk is protected at this sequence or behind it, or on another branch. */
export interface ResyncBegun {
  readonly branch: string;
  readonly sequence: number;
}

function readResyncBegun(raw: RawResyncBegun): ResyncBegun {
  return {
    branch: field.id128(raw.branch, "ResyncBegun.branch"),
    sequence: field.unsigned(raw.sequence, { where: "ResyncBegun.sequence", min: 0, max: 9007199254740991 }),
  };
}

interface RawFindPoint {
  readonly machineId?: string | null | undefined;
  readonly at?: string | null | undefined;
}

/** Which point of the machine is that? Asked of a master target; answered with a `point`. */
export interface FindPoint {
  readonly machineId: string;
  /** latest, a point's id, or an RFC 3339 time. */
  readonly at: string;
}

function readFindPoint(raw: RawFindPoint): FindPoint {
  return {
    machineId: field.id128(raw.machineId, "FindPoint.machineId"),
    at: field.text(raw.at, { where: "FindPoint.at", min: 0, max: 4096 }),
  };
}

interface RawStartReplica {
  readonly replicaId?: string | null | undefined;
  readonly machineId?: string | null | undefined;
  readonly machineName?: string | null | undefined;
  readonly pointId?: string | null | undefined;
  readonly disks?: readonly RawReplicaDisk[] | null | undefined;
  readonly hardware?: RawReplicaHardware | null | undefined;
  readonly nics?: readonly RawReplicaNic[] | null | undefined;
  readonly host?: string | null | undefined;
  readonly cpuShare?: number | null | undefined;
}

/** Starts a machine from the point, on overlays that take its writes. Asked again with the same id it is answered with how the machine is. */
export interface StartReplica {
  /** The failover's id, by which the machine is known from now on. */
  readonly replicaId: string;
  readonly machineId: string;
  /** For people. */
  readonly machineName: string;
  readonly pointId: string;
  /** In the order in which they are booted from. */
  readonly disks: readonly ReplicaDisk[];
  readonly hardware: ReplicaHardware;
  readonly nics: readonly ReplicaNic[];
  readonly host: "qemu" | "libvirt" | "none";
  /** Of all processors of the target, above 0 and below 1; 0 for no limit. */
  readonly cpuShare: number;
}

function readStartReplica(raw: RawStartReplica): StartReplica {
  return {
    replicaId: field.id128(raw.replicaId, "StartReplica.replicaId"),
    machineId: field.id128(raw.machineId, "StartReplica.machineId"),
    machineName: field.text(raw.machineName, { where: "StartReplica.machineName", min: 0, max: 4096 }),
    pointId: field.name(raw.pointId, "StartReplica.pointId"),
    disks: field.list(raw.disks, { where: "StartReplica.disks", itemsMax: 26 }, readReplicaDisk),
    hardware: readReplicaHardware(field.required(raw.hardware, "StartReplica.hardware")),
    nics: field.list(raw.nics, { where: "StartReplica.nics", itemsMax: 8 }, readReplicaNic),
    host: field.oneOf(raw.host, "StartReplica.host", ["qemu", "libvirt", "none"]),
    cpuShare: field.double(raw.cpuShare, "StartReplica.cpuShare"),
  };
}

interface RawReplicaDisk {
  readonly diskId?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly bus?: string | null | undefined;
}

export interface ReplicaDisk {
  readonly diskId: string;
  /** What the guest finds it by. */
  readonly name: string;
  readonly bus: "virtio" | "sata" | "scsi" | "nvme" | "ide";
}

function readReplicaDisk(raw: RawReplicaDisk): ReplicaDisk {
  return {
    diskId: field.id128(raw.diskId, "ReplicaDisk.diskId"),
    name: field.text(raw.name, { where: "ReplicaDisk.name", min: 0, max: 4096 }),
    bus: field.oneOf(raw.bus, "ReplicaDisk.bus", ["virtio", "sata", "scsi", "nvme", "ide"]),
  };
}

interface RawReplicaHardware {
  readonly cpus?: field.Integer | null | undefined;
  readonly memoryMib?: field.Integer | null | undefined;
  readonly firmware?: string | null | undefined;
}

export interface ReplicaHardware {
  readonly cpus: number;
  readonly memoryMib: number;
  readonly firmware: "bios" | "uefi";
}

function readReplicaHardware(raw: RawReplicaHardware): ReplicaHardware {
  return {
    cpus: field.unsigned(raw.cpus, { where: "ReplicaHardware.cpus", min: 1, max: 255 }),
    memoryMib: field.unsigned(raw.memoryMib, { where: "ReplicaHardware.memoryMib", min: 16, max: 4194304 }),
    firmware: field.oneOf(raw.firmware, "ReplicaHardware.firmware", ["bios", "uefi"]),
  };
}

interface RawReplicaNic {
  readonly model?: string | null | undefined;
  readonly network?: string | null | undefined;
  readonly bridge?: string | null | undefined;
  readonly forwards?: readonly field.Integer[] | null | undefined;
  readonly mac?: string | null | undefined;
  readonly dhcp?: boolean | null | undefined;
  readonly addresses?: readonly string[] | null | undefined;
  readonly gateways?: readonly string[] | null | undefined;
  readonly dns?: readonly string[] | null | undefined;
}

export interface ReplicaNic {
  readonly model: "virtio" | "e1000" | "e1000e" | "rtl8139" | "vmxnet3";
  readonly network: "isolated" | "user" | "bridge";
  /** Of the target's machine; empty but for a bridge. */
  readonly bridge: string;
  /** TCP ports of the guest that the target reaches at its loopback; none on a bridge. */
  readonly forwards: readonly number[];
  /** Lower case, as 52:54:00:12:34:56; empty for one that follows from the machine's id. */
  readonly mac: string;
  /** The guest's own settings are changed for this card, in the machine's disks alone: it asks a DHCP server. */
  readonly dhcp: boolean;
  /** Or it has these, with the length of the network's part. With neither, the guest's settings stay. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  readonly dns: readonly string[];
}

function readReplicaNic(raw: RawReplicaNic): ReplicaNic {
  return {
    model: field.oneOf(raw.model, "ReplicaNic.model", ["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"]),
    network: field.oneOf(raw.network, "ReplicaNic.network", ["isolated", "user", "bridge"]),
    bridge: field.text(raw.bridge, { where: "ReplicaNic.bridge", min: 0, max: 15 }),
    forwards: field.list(raw.forwards, { where: "ReplicaNic.forwards", itemsMax: 16 }, (item) => field.unsigned(item, { where: "ReplicaNic.forwards", min: 0, max: 65535 })),
    mac: field.text(raw.mac, { where: "ReplicaNic.mac", min: 0, max: 17 }),
    dhcp: field.bool(raw.dhcp, "ReplicaNic.dhcp"),
    addresses: field.list(raw.addresses, { where: "ReplicaNic.addresses", itemsMax: 8 }, (item) => field.text(item, { where: "ReplicaNic.addresses", min: 0, max: 64 })),
    gateways: field.list(raw.gateways, { where: "ReplicaNic.gateways", itemsMax: 2 }, (item) => field.text(item, { where: "ReplicaNic.gateways", min: 0, max: 64 })),
    dns: field.list(raw.dns, { where: "ReplicaNic.dns", itemsMax: 8 }, (item) => field.text(item, { where: "ReplicaNic.dns", min: 0, max: 64 })),
  };
}

interface RawRemoveReplica {
  readonly replicaId?: string | null | undefined;
}

/** Answered when nothing of the machine is left. One that is not there is left so. */
export interface RemoveReplica {
  readonly replicaId: string;
}

function readRemoveReplica(raw: RawRemoveReplica): RemoveReplica {
  return {
    replicaId: field.id128(raw.replicaId, "RemoveReplica.replicaId"),
  };
}

interface RawReplicaStatus {
  readonly replicaId?: string | null | undefined;
  readonly machineId?: string | null | undefined;
  readonly pointId?: string | null | undefined;
  readonly host?: string | null | undefined;
  readonly state?: string | null | undefined;
  readonly why?: string | null | undefined;
  readonly resumedMicros?: field.Integer | null | undefined;
  readonly disks?: readonly RawReplicaDiskStatus[] | null | undefined;
}

export interface ReplicaStatus {
  readonly replicaId: string;
  readonly machineId: string;
  readonly pointId: string;
  readonly host: "qemu" | "libvirt" | "none";
  /** starting and removing are steps of the target's; what follows on them is what the host says. */
  readonly state: "starting" | "removing" | "running" | "paused" | "ended" | "described" | "unknown";
  /** Why it is paused or unknown, or how it ended and what its hypervisor said. */
  readonly why: string;
  /** When its processor began to run; 0 before. */
  readonly resumedMicros: number;
  readonly disks: readonly ReplicaDiskStatus[];
}

function readReplicaStatus(raw: RawReplicaStatus): ReplicaStatus {
  return {
    replicaId: field.id128(raw.replicaId, "ReplicaStatus.replicaId"),
    machineId: field.id128(raw.machineId, "ReplicaStatus.machineId"),
    pointId: field.name(raw.pointId, "ReplicaStatus.pointId"),
    host: field.oneOf(raw.host, "ReplicaStatus.host", ["qemu", "libvirt", "none"]),
    state: field.oneOf(raw.state, "ReplicaStatus.state", ["starting", "removing", "running", "paused", "ended", "described", "unknown"]),
    why: field.text(raw.why, { where: "ReplicaStatus.why", min: 0, max: 4096 }),
    resumedMicros: field.unsigned(raw.resumedMicros, { where: "ReplicaStatus.resumedMicros", min: 0, max: 9007199254740991 }),
    disks: field.list(raw.disks, { where: "ReplicaStatus.disks", itemsMax: 26 }, readReplicaDiskStatus),
  };
}

interface RawReplicaDiskStatus {
  readonly diskId?: string | null | undefined;
  readonly nbdUri?: string | null | undefined;
}

export interface ReplicaDiskStatus {
  readonly diskId: string;
  readonly nbdUri: string;
}

function readReplicaDiskStatus(raw: RawReplicaDiskStatus): ReplicaDiskStatus {
  return {
    diskId: field.id128(raw.diskId, "ReplicaDiskStatus.diskId"),
    nbdUri: field.text(raw.nbdUri, { where: "ReplicaDiskStatus.nbdUri", min: 0, max: 4096 }),
  };
}

interface RawReadConsole {
  readonly replicaId?: string | null | undefined;
}

/** What the machine wrote to its serial console lately. */
export interface ReadConsole {
  readonly replicaId: string;
}

function readReadConsole(raw: RawReadConsole): ReadConsole {
  return {
    replicaId: field.id128(raw.replicaId, "ReadConsole.replicaId"),
  };
}

interface RawConsoleText {
  readonly text?: string | null | undefined;
}

export interface ConsoleText {
  /** The end of it. */
  readonly text: string;
}

function readConsoleText(raw: RawConsoleText): ConsoleText {
  return {
    text: field.text(raw.text, { where: "ConsoleText.text", min: 0, max: 65536 }),
  };
}

interface RawRaiseEpoch {
  readonly machineId?: string | null | undefined;
  readonly from?: field.Integer | null | undefined;
  readonly to?: field.Integer | null | undefined;
  readonly claimId?: string | null | undefined;
}

/** Nobody who comes with an epoch below `to` is taken any more. A compare-and-swap: refused unless the epoch is `from`, or was raised to `to` by the same claim. */
export interface RaiseEpoch {
  readonly machineId: string;
  readonly from: number;
  readonly to: number;
  /** Who raises it: the failover's id. */
  readonly claimId: string;
}

function readRaiseEpoch(raw: RawRaiseEpoch): RaiseEpoch {
  return {
    machineId: field.id128(raw.machineId, "RaiseEpoch.machineId"),
    from: field.unsigned(raw.from, { where: "RaiseEpoch.from", min: 0, max: 9007199254740991 }),
    to: field.unsigned(raw.to, { where: "RaiseEpoch.to", min: 0, max: 9007199254740991 }),
    claimId: field.id128(raw.claimId, "RaiseEpoch.claimId"),
  };
}

interface RawHaltReplica {
  readonly replicaId?: string | null | undefined;
  readonly graceSeconds?: field.Integer | null | undefined;
}

/** Answered when the machine does not run any more and all that it wrote is durable; its disks stay open. One that was halted stays so. */
export interface HaltReplica {
  readonly replicaId: string;
  /** For its system to shut down when it is asked to; then its power is cut. */
  readonly graceSeconds: number;
}

function readHaltReplica(raw: RawHaltReplica): HaltReplica {
  return {
    replicaId: field.id128(raw.replicaId, "HaltReplica.replicaId"),
    graceSeconds: field.unsigned(raw.graceSeconds, { where: "HaltReplica.graceSeconds", min: 0, max: 3600 }),
  };
}

interface RawReplicaHalted {
  readonly overlays?: readonly RawPointItemMember[] | null | undefined;
  readonly orderly?: boolean | null | undefined;
}

export interface ReplicaHalted {
  /** Where the overlays ended. */
  readonly overlays: readonly PointItemMember[];
  /** Its system shut itself down; else its power was cut. */
  readonly orderly: boolean;
}

function readReplicaHalted(raw: RawReplicaHalted): ReplicaHalted {
  return {
    overlays: field.list(raw.overlays, { where: "ReplicaHalted.overlays", itemsMax: 26 }, readPointItemMember),
    orderly: field.bool(raw.orderly, "ReplicaHalted.orderly"),
  };
}

interface RawAbsorbReplica {
  readonly replicaId?: string | null | undefined;
  readonly pointId?: string | null | undefined;
}

/** Makes what a halted machine wrote a part of its disks' journals, each on the overlay's branch, with a point of this id at its end. */
export interface AbsorbReplica {
  readonly replicaId: string;
  readonly pointId: string;
}

function readAbsorbReplica(raw: RawAbsorbReplica): AbsorbReplica {
  return {
    replicaId: field.id128(raw.replicaId, "AbsorbReplica.replicaId"),
    pointId: field.id128(raw.pointId, "AbsorbReplica.pointId"),
  };
}

interface RawReplicaChanges {
  readonly replicaId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly afterSequence?: field.Integer | null | undefined;
  readonly fromOffset?: field.Integer | null | undefined;
}

/** Where a replica machine's disk is not what it was after `after_sequence` of its overlay; from 0 also where it is not what the source's branch has: what was journaled after the point. A machine asks its process server for a disk of its own, which asks the disk's target. */
export interface ReplicaChanges {
  readonly replicaId: string;
  readonly diskId: string;
  readonly afterSequence: number;
  /** Extents that begin before it were told already. */
  readonly fromOffset: number;
}

function readReplicaChanges(raw: RawReplicaChanges): ReplicaChanges {
  return {
    replicaId: field.id128(raw.replicaId, "ReplicaChanges.replicaId"),
    diskId: field.id128(raw.diskId, "ReplicaChanges.diskId"),
    afterSequence: field.unsigned(raw.afterSequence, { where: "ReplicaChanges.afterSequence", min: 0, max: 9007199254740991 }),
    fromOffset: field.unsigned(raw.fromOffset, { where: "ReplicaChanges.fromOffset", min: 0, max: 9007199254740991 }),
  };
}

interface RawReplicaChangeList {
  readonly sequence?: field.Integer | null | undefined;
  readonly extents?: readonly RawDiskExtent[] | null | undefined;
  readonly more?: boolean | null | undefined;
  readonly journaledSequence?: field.Integer | null | undefined;
  readonly halted?: boolean | null | undefined;
  readonly diskBytes?: field.Integer | null | undefined;
}

export interface ReplicaChangeList {
  /** All up to this sequence of the overlay is told, once there are no more extents. Of several answers the first one's counts. */
  readonly sequence: number;
  readonly extents: readonly DiskExtent[];
  /** The next begin at or behind the end of the last. */
  readonly more: boolean;
  /** Up to where the target had journaled the branch of the point. */
  readonly journaledSequence: number;
  /** The machine is halted: nothing will follow on the sequence. */
  readonly halted: boolean;
  readonly diskBytes: number;
}

function readReplicaChangeList(raw: RawReplicaChangeList): ReplicaChangeList {
  return {
    sequence: field.unsigned(raw.sequence, { where: "ReplicaChangeList.sequence", min: 0, max: 9007199254740991 }),
    extents: field.list(raw.extents, { where: "ReplicaChangeList.extents", itemsMax: 1024 }, readDiskExtent),
    more: field.bool(raw.more, "ReplicaChangeList.more"),
    journaledSequence: field.unsigned(raw.journaledSequence, { where: "ReplicaChangeList.journaledSequence", min: 0, max: 9007199254740991 }),
    halted: field.bool(raw.halted, "ReplicaChangeList.halted"),
    diskBytes: field.unsigned(raw.diskBytes, { where: "ReplicaChangeList.diskBytes", min: 0, max: 9007199254740991 }),
  };
}

interface RawReplicaRead {
  readonly replicaId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly offset?: field.Integer | null | undefined;
  readonly length?: field.Integer | null | undefined;
}

export interface ReplicaRead {
  readonly replicaId: string;
  readonly diskId: string;
  readonly offset: number;
  readonly length: number;
}

function readReplicaRead(raw: RawReplicaRead): ReplicaRead {
  return {
    replicaId: field.id128(raw.replicaId, "ReplicaRead.replicaId"),
    diskId: field.id128(raw.diskId, "ReplicaRead.diskId"),
    offset: field.unsigned(raw.offset, { where: "ReplicaRead.offset", min: 0, max: 9007199254740991 }),
    length: field.unsigned(raw.length, { where: "ReplicaRead.length", min: 1, max: 1048576 }),
  };
}

interface RawReplicaContent {
  readonly content?: Uint8Array | null | undefined;
}

export interface ReplicaContent {
  /** As stored: compressed with lz4 when it is shorter than what was asked for. */
  readonly content: Uint8Array;
}

function readReplicaContent(raw: RawReplicaContent): ReplicaContent {
  return {
    content: field.binary(raw.content, { where: "ReplicaContent.content", min: 0, max: 1048576 }),
  };
}

interface RawCheckReplica {
  readonly replicaId?: string | null | undefined;
  readonly checks?: readonly RawReplicaCheck[] | null | undefined;
  readonly limitSeconds?: field.Integer | null | undefined;
}

/** Looks for signs that a replica machine works, for all of them side by side, for each until it passes or the limit is reached. */
export interface CheckReplica {
  readonly replicaId: string;
  readonly checks: readonly ReplicaCheck[];
  readonly limitSeconds: number;
}

function readCheckReplica(raw: RawCheckReplica): CheckReplica {
  return {
    replicaId: field.id128(raw.replicaId, "CheckReplica.replicaId"),
    checks: field.list(raw.checks, { where: "CheckReplica.checks", itemsMax: 16 }, readReplicaCheck),
    limitSeconds: field.unsigned(raw.limitSeconds, { where: "CheckReplica.limitSeconds", min: 1, max: 86400 }),
  };
}

interface RawReplicaCheck {
  readonly kind?: string | null | undefined;
  readonly text?: string | null | undefined;
  readonly port?: field.Integer | null | undefined;
}

export interface ReplicaCheck {
  readonly kind: "console" | "agent" | "tcp" | "http" | "script";
  /** What the console shows (empty: its login prompt), the path of an address, or the name of a script in the target's folder of scripts. */
  readonly text: string;
  /** Of the guest, for tcp and http; it is forwarded. */
  readonly port: number;
}

function readReplicaCheck(raw: RawReplicaCheck): ReplicaCheck {
  return {
    kind: field.oneOf(raw.kind, "ReplicaCheck.kind", ["console", "agent", "tcp", "http", "script"]),
    text: field.text(raw.text, { where: "ReplicaCheck.text", min: 0, max: 1024 }),
    port: field.unsigned(raw.port, { where: "ReplicaCheck.port", min: 0, max: 65535 }),
  };
}

interface RawReplicaChecked {
  readonly results?: readonly RawReplicaCheckResult[] | null | undefined;
}

/** In the order in which they were asked for. */
export interface ReplicaChecked {
  readonly results: readonly ReplicaCheckResult[];
}

function readReplicaChecked(raw: RawReplicaChecked): ReplicaChecked {
  return {
    results: field.list(raw.results, { where: "ReplicaChecked.results", itemsMax: 16 }, readReplicaCheckResult),
  };
}

interface RawReplicaCheckResult {
  readonly ok?: boolean | null | undefined;
  readonly seconds?: number | null | undefined;
  readonly said?: string | null | undefined;
}

export interface ReplicaCheckResult {
  readonly ok: boolean;
  /** From the beginning of all of them until this one was decided. */
  readonly seconds: number;
  /** What was seen last, the end of it. */
  readonly said: string;
}

function readReplicaCheckResult(raw: RawReplicaCheckResult): ReplicaCheckResult {
  return {
    ok: field.bool(raw.ok, "ReplicaCheckResult.ok"),
    seconds: field.double(raw.seconds, "ReplicaCheckResult.seconds"),
    said: field.text(raw.said, { where: "ReplicaCheckResult.said", min: 0, max: 4096 }),
  };
}

interface RawRunInReplica {
  readonly replicaId?: string | null | undefined;
  readonly script?: Uint8Array | null | undefined;
  readonly environment?: readonly string[] | null | undefined;
  readonly limitSeconds?: field.Integer | null | undefined;
}

/** Answered when the script has ended; it is run once for each time that this is asked. */
export interface RunInReplica {
  readonly replicaId: string;
  readonly script: Uint8Array;
  /** As NAME=VALUE. */
  readonly environment: readonly string[];
  /** For the guest agent to answer, and again for the script. */
  readonly limitSeconds: number;
}

function readRunInReplica(raw: RawRunInReplica): RunInReplica {
  return {
    replicaId: field.id128(raw.replicaId, "RunInReplica.replicaId"),
    script: field.binary(raw.script, { where: "RunInReplica.script", min: 0, max: 262144 }),
    environment: field.list(raw.environment, { where: "RunInReplica.environment", itemsMax: 32 }, (item) => field.text(item, { where: "RunInReplica.environment", min: 0, max: 4096 })),
    limitSeconds: field.unsigned(raw.limitSeconds, { where: "RunInReplica.limitSeconds", min: 1, max: 86400 }),
  };
}

interface RawRanInReplica {
  readonly exitCode?: field.Integer | null | undefined;
  readonly said?: string | null | undefined;
}

export interface RanInReplica {
  /** As a shell has it: 124 at its limit. */
  readonly exitCode: number;
  /** The end of what it said. */
  readonly said: string;
}

function readRanInReplica(raw: RawRanInReplica): RanInReplica {
  return {
    exitCode: field.unsigned(raw.exitCode, { where: "RanInReplica.exitCode", min: 0, max: 4294967295 }),
    said: field.text(raw.said, { where: "RanInReplica.said", min: 0, max: 4096 }),
  };
}

interface RawReplicaScreen {
  readonly replicaId?: string | null | undefined;
}

export interface ReplicaScreen {
  readonly replicaId: string;
}

function readReplicaScreen(raw: RawReplicaScreen): ReplicaScreen {
  return {
    replicaId: field.id128(raw.replicaId, "ReplicaScreen.replicaId"),
  };
}

interface RawScreenPicture {
  readonly png?: Uint8Array | null | undefined;
}

export interface ScreenPicture {
  readonly png: Uint8Array;
}

function readScreenPicture(raw: RawScreenPicture): ScreenPicture {
  return {
    png: field.binary(raw.png, { where: "ScreenPicture.png", min: 0, max: 2097152 }),
  };
}

interface RawPointDigest {
  readonly machineId?: string | null | undefined;
  readonly diskId?: string | null | undefined;
  readonly pointId?: string | null | undefined;
  readonly holder?: string | null | undefined;
  readonly offset?: field.Integer | null | undefined;
  readonly length?: field.Integer | null | undefined;
}

/** The SHA-256 of a part of a disk at a recovery point, read as a recovery reads it. From then on the point is held until it is released, or the target starts anew. */
export interface PointDigest {
  readonly machineId: string;
  readonly diskId: string;
  readonly pointId: string;
  /** Who holds it. */
  readonly holder: string;
  readonly offset: number;
  /** Cut off at the disk's end. */
  readonly length: number;
}

function readPointDigest(raw: RawPointDigest): PointDigest {
  return {
    machineId: field.id128(raw.machineId, "PointDigest.machineId"),
    diskId: field.id128(raw.diskId, "PointDigest.diskId"),
    pointId: field.name(raw.pointId, "PointDigest.pointId"),
    holder: field.id128(raw.holder, "PointDigest.holder"),
    offset: field.unsigned(raw.offset, { where: "PointDigest.offset", min: 0, max: 9007199254740991 }),
    length: field.unsigned(raw.length, { where: "PointDigest.length", min: 1, max: 268435456 }),
  };
}

interface RawPointDigested {
  readonly diskBytes?: field.Integer | null | undefined;
  readonly length?: field.Integer | null | undefined;
  readonly sha256?: Uint8Array | null | undefined;
}

export interface PointDigested {
  readonly diskBytes: number;
  /** How much of the disk it is of. */
  readonly length: number;
  readonly sha256: Uint8Array;
}

function readPointDigested(raw: RawPointDigested): PointDigested {
  return {
    diskBytes: field.unsigned(raw.diskBytes, { where: "PointDigested.diskBytes", min: 0, max: 9007199254740991 }),
    length: field.unsigned(raw.length, { where: "PointDigested.length", min: 0, max: 9007199254740991 }),
    sha256: field.binary(raw.sha256, { where: "PointDigested.sha256", min: 0, max: 32 }),
  };
}

interface RawReleasePoint {
  readonly machineId?: string | null | undefined;
  readonly holder?: string | null | undefined;
}

/** What the holder does not hold is left so. */
export interface ReleasePoint {
  readonly machineId: string;
  readonly holder: string;
}

function readReleasePoint(raw: RawReleasePoint): ReleasePoint {
  return {
    machineId: field.id128(raw.machineId, "ReleasePoint.machineId"),
    holder: field.id128(raw.holder, "ReleasePoint.holder"),
  };
}

interface RawPushAgent {
  readonly pushId?: string | null | undefined;
  readonly kind?: string | null | undefined;
  readonly step?: string | null | undefined;
  readonly target?: RawPushTarget | null | undefined;
  readonly jump?: RawPushTarget | null | undefined;
  readonly sealed?: string | null | undefined;
  readonly server?: RawAddress | null | undefined;
  readonly data?: RawAddress | null | undefined;
  readonly version?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly token?: string | null | undefined;
  readonly protectable?: readonly string[] | null | undefined;
  readonly startCommand?: string | null | undefined;
  readonly stale?: readonly string[] | null | undefined;
  readonly settled?: readonly string[] | null | undefined;
}

/** One step at one machine, for the process server near to it. */
export interface PushAgent {
  readonly pushId: string;
  readonly kind: "push" | "upgrade" | "uninstall";
  readonly step: "look" | "change" | "undo" | "settle";
  readonly target: PushTarget;
  /** Through which the target is reached. */
  readonly jump?: PushTarget | undefined;
  /** Sealed to the process server's key for this push: what logs in, as JSON. */
  readonly sealed: string;
  /** The config server and the process server as machines reach them. */
  readonly server: Address;
  readonly data: Address;
  /** Empty for the newest. */
  readonly version: string;
  /** What the machine is to be called. */
  readonly name: string;
  /** With which it enrols, once; in `change` alone. */
  readonly token: string;
  readonly protectable: readonly string[];
  /** Starts the agent where there is no systemd. */
  readonly startCommand: string;
  /** Pushes of this host that failed and may have left something there. */
  readonly stale: readonly string[];
  /** Pushes of this host that are done, and may have left their record. */
  readonly settled: readonly string[];
}

function readPushAgent(raw: RawPushAgent): PushAgent {
  return {
    pushId: field.id128(raw.pushId, "PushAgent.pushId"),
    kind: field.oneOf(raw.kind, "PushAgent.kind", ["push", "upgrade", "uninstall"]),
    step: field.oneOf(raw.step, "PushAgent.step", ["look", "change", "undo", "settle"]),
    target: readPushTarget(field.required(raw.target, "PushAgent.target")),
    ...(raw.jump !== undefined && raw.jump !== null && { jump: readPushTarget(raw.jump) }),
    sealed: field.text(raw.sealed, { where: "PushAgent.sealed", min: 1, max: 65536 }),
    server: readAddress(field.required(raw.server, "PushAgent.server")),
    data: readAddress(field.required(raw.data, "PushAgent.data")),
    version: field.text(raw.version, { where: "PushAgent.version", min: 0, max: 64 }),
    name: field.text(raw.name, { where: "PushAgent.name", min: 0, max: 64 }),
    token: field.text(raw.token, { where: "PushAgent.token", min: 0, max: 16384 }),
    protectable: field.list(raw.protectable, { where: "PushAgent.protectable", itemsMax: 64 }, (item) => field.text(item, { where: "PushAgent.protectable", min: 0, max: 4096 })),
    startCommand: field.text(raw.startCommand, { where: "PushAgent.startCommand", min: 0, max: 4096 }),
    stale: field.list(raw.stale, { where: "PushAgent.stale", itemsMax: 64 }, (item) => field.id128(item, "PushAgent.stale")),
    settled: field.list(raw.settled, { where: "PushAgent.settled", itemsMax: 64 }, (item) => field.id128(item, "PushAgent.settled")),
  };
}

interface RawPushTarget {
  readonly host?: string | null | undefined;
  readonly port?: field.Integer | null | undefined;
  readonly user?: string | null | undefined;
  readonly hostKey?: string | null | undefined;
  readonly acceptHostKey?: boolean | null | undefined;
}

export interface PushTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** SHA256:… as ssh-keygen -l has it; empty when none is known. */
  readonly hostKey: string;
  /** Whether one that nobody named is believed. */
  readonly acceptHostKey: boolean;
}

function readPushTarget(raw: RawPushTarget): PushTarget {
  return {
    host: field.text(raw.host, { where: "PushTarget.host", min: 1, max: 253 }),
    port: field.unsigned(raw.port, { where: "PushTarget.port", min: 1, max: 65535 }),
    user: field.text(raw.user, { where: "PushTarget.user", min: 1, max: 64 }),
    hostKey: field.text(raw.hostKey, { where: "PushTarget.hostKey", min: 0, max: 64 }),
    acceptHostKey: field.bool(raw.acceptHostKey, "PushTarget.acceptHostKey"),
  };
}

interface RawPushReport {
  readonly hostKey?: string | null | undefined;
  readonly jumpHostKey?: string | null | undefined;
  readonly hostname?: string | null | undefined;
  readonly distribution?: string | null | undefined;
  readonly kernel?: string | null | undefined;
  readonly rungs?: readonly string[] | null | undefined;
  readonly agentVersion?: string | null | undefined;
  readonly package?: string | null | undefined;
  readonly serverReach?: string | null | undefined;
  readonly dataReach?: string | null | undefined;
  readonly notes?: readonly string[] | null | undefined;
}

export interface PushReport {
  readonly hostKey: string;
  readonly jumpHostKey: string;
  readonly hostname: string;
  readonly distribution: string;
  readonly kernel: string;
  /** What may capture live disks there, best first. */
  readonly rungs: readonly string[];
  /** Empty when there is no agent. */
  readonly agentVersion: string;
  readonly package: string;
  /** Whether the machine reaches the servers. */
  readonly serverReach: "yes" | "no" | "unknown";
  readonly dataReach: "yes" | "no" | "unknown";
  readonly notes: readonly string[];
}

function readPushReport(raw: RawPushReport): PushReport {
  return {
    hostKey: field.text(raw.hostKey, { where: "PushReport.hostKey", min: 0, max: 64 }),
    jumpHostKey: field.text(raw.jumpHostKey, { where: "PushReport.jumpHostKey", min: 0, max: 64 }),
    hostname: field.text(raw.hostname, { where: "PushReport.hostname", min: 0, max: 256 }),
    distribution: field.text(raw.distribution, { where: "PushReport.distribution", min: 0, max: 256 }),
    kernel: field.text(raw.kernel, { where: "PushReport.kernel", min: 0, max: 256 }),
    rungs: field.list(raw.rungs, { where: "PushReport.rungs", itemsMax: 16 }, (item) => field.text(item, { where: "PushReport.rungs", min: 0, max: 64 })),
    agentVersion: field.text(raw.agentVersion, { where: "PushReport.agentVersion", min: 0, max: 256 }),
    package: field.text(raw.package, { where: "PushReport.package", min: 0, max: 256 }),
    serverReach: field.oneOf(raw.serverReach, "PushReport.serverReach", ["yes", "no", "unknown"]),
    dataReach: field.oneOf(raw.dataReach, "PushReport.dataReach", ["yes", "no", "unknown"]),
    notes: field.list(raw.notes, { where: "PushReport.notes", itemsMax: 16 }, (item) => field.text(item, { where: "PushReport.notes", min: 0, max: 1024 })),
  };
}

interface RawUpgradeAgent {
  readonly orderId?: string | null | undefined;
  readonly version?: string | null | undefined;
  readonly file?: string | null | undefined;
  readonly sizeBytes?: field.Integer | null | undefined;
  readonly sha256?: Uint8Array | null | undefined;
  readonly readySeconds?: field.Integer | null | undefined;
}

/** An agent is to become another version. Answered when the order is stored; the same order once more is that order. What becomes of it is in its status. */
export interface UpgradeAgent {
  readonly orderId: string;
  readonly version: string;
  /** A file of a release, as the config server has it. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
  /** In which the new version has to be up, from its start on; else the old one comes back. */
  readonly readySeconds: number;
}

function readUpgradeAgent(raw: RawUpgradeAgent): UpgradeAgent {
  return {
    orderId: field.id128(raw.orderId, "UpgradeAgent.orderId"),
    version: field.text(raw.version, { where: "UpgradeAgent.version", min: 1, max: 64 }),
    file: field.text(raw.file, { where: "UpgradeAgent.file", min: 1, max: 128 }),
    sizeBytes: field.unsigned(raw.sizeBytes, { where: "UpgradeAgent.sizeBytes", min: 1, max: 9007199254740991 }),
    sha256: field.binary(raw.sha256, { where: "UpgradeAgent.sha256", min: 32, max: 32 }),
    readySeconds: field.unsigned(raw.readySeconds, { where: "UpgradeAgent.readySeconds", min: 1, max: 3600 }),
  };
}

interface RawUpgradeStatus {
  readonly orderId?: string | null | undefined;
  readonly version?: string | null | undefined;
  readonly state?: string | null | undefined;
  readonly code?: string | null | undefined;
  readonly message?: string | null | undefined;
}

export interface UpgradeStatus {
  readonly orderId: string;
  readonly version: string;
  /** downloading, unpacking: the machine runs what it ran; trying: the new version is started; done: it stays; returning, returned: the old one is back; failed: nothing was changed. */
  readonly state: "downloading" | "unpacking" | "trying" | "done" | "returning" | "returned" | "failed";
  /** Why it did not succeed: the code of a fault and its words; empty otherwise. */
  readonly code: string;
  readonly message: string;
}

function readUpgradeStatus(raw: RawUpgradeStatus): UpgradeStatus {
  return {
    orderId: field.id128(raw.orderId, "UpgradeStatus.orderId"),
    version: field.text(raw.version, { where: "UpgradeStatus.version", min: 0, max: 64 }),
    state: field.oneOf(raw.state, "UpgradeStatus.state", ["downloading", "unpacking", "trying", "done", "returning", "returned", "failed"]),
    code: field.text(raw.code, { where: "UpgradeStatus.code", min: 0, max: 64 }),
    message: field.text(raw.message, { where: "UpgradeStatus.message", min: 0, max: 4096 }),
  };
}

interface RawReadRelease {
  readonly file?: string | null | undefined;
  readonly offset?: field.Integer | null | undefined;
  readonly length?: field.Integer | null | undefined;
}

/** A member reads a file of a release from its config server. */
export interface ReadRelease {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

function readReadRelease(raw: RawReadRelease): ReadRelease {
  return {
    file: field.text(raw.file, { where: "ReadRelease.file", min: 1, max: 128 }),
    offset: field.unsigned(raw.offset, { where: "ReadRelease.offset", min: 0, max: 9007199254740991 }),
    length: field.unsigned(raw.length, { where: "ReadRelease.length", min: 1, max: 1048576 }),
  };
}

interface RawReleaseContent {
  readonly content?: Uint8Array | null | undefined;
}

/** Fewer bytes than were asked for at the file's end alone. */
export interface ReleaseContent {
  readonly content: Uint8Array;
}

function readReleaseContent(raw: RawReleaseContent): ReleaseContent {
  return {
    content: field.binary(raw.content, { where: "ReleaseContent.content", min: 0, max: 1048576 }),
  };
}

interface RawListReleases {
}

export interface ListReleases {
}

function readListReleases(_raw: RawListReleases): ListReleases {
  return {
  };
}

interface RawReleaseList {
  readonly items?: readonly RawReleaseItem[] | null | undefined;
}

export interface ReleaseList {
  readonly items: readonly ReleaseItem[];
}

function readReleaseList(raw: RawReleaseList): ReleaseList {
  return {
    items: field.list(raw.items, { where: "ReleaseList.items", itemsMax: 64 }, readReleaseItem),
  };
}

interface RawReleaseItem {
  readonly file?: string | null | undefined;
  readonly sizeBytes?: field.Integer | null | undefined;
  readonly sha256?: Uint8Array | null | undefined;
}

export interface ReleaseItem {
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
}

function readReleaseItem(raw: RawReleaseItem): ReleaseItem {
  return {
    file: field.text(raw.file, { where: "ReleaseItem.file", min: 1, max: 128 }),
    sizeBytes: field.unsigned(raw.sizeBytes, { where: "ReleaseItem.sizeBytes", min: 0, max: 9007199254740991 }),
    sha256: field.binary(raw.sha256, { where: "ReleaseItem.sha256", min: 32, max: 32 }),
  };
}

interface RawListHistory {
  readonly machineId?: string | null | undefined;
  readonly fromMicros?: field.Integer | null | undefined;
  readonly toMicros?: field.Integer | null | undefined;
}

/** How well each stretch of time of a machine's disks can be recovered at this target. */
export interface ListHistory {
  readonly machineId: string;
  readonly fromMicros: number;
  /** 0 is no end. */
  readonly toMicros: number;
}

function readListHistory(raw: RawListHistory): ListHistory {
  return {
    machineId: field.id128(raw.machineId, "ListHistory.machineId"),
    fromMicros: field.unsigned(raw.fromMicros, { where: "ListHistory.fromMicros", min: 0, max: 9007199254740991 }),
    toMicros: field.unsigned(raw.toMicros, { where: "ListHistory.toMicros", min: 0, max: 9007199254740991 }),
  };
}

interface RawHistoryList {
  readonly disks?: readonly RawDiskHistoryList[] | null | undefined;
}

export interface HistoryList {
  readonly disks: readonly DiskHistoryList[];
}

function readHistoryList(raw: RawHistoryList): HistoryList {
  return {
    disks: field.list(raw.disks, { where: "HistoryList.disks", itemsMax: 1024 }, readDiskHistoryList),
  };
}

interface RawDiskHistoryList {
  readonly diskId?: string | null | undefined;
  readonly spans?: readonly RawHistorySpan[] | null | undefined;
}

export interface DiskHistoryList {
  readonly diskId: string;
  /** In order; the newest ones where there are more. */
  readonly spans: readonly HistorySpan[];
}

function readDiskHistoryList(raw: RawDiskHistoryList): DiskHistoryList {
  return {
    diskId: field.id128(raw.diskId, "DiskHistoryList.diskId"),
    spans: field.list(raw.spans, { where: "DiskHistoryList.spans", itemsMax: 4096 }, readHistorySpan),
  };
}

interface RawHistorySpan {
  readonly fromMicros?: field.Integer | null | undefined;
  readonly toMicros?: field.Integer | null | undefined;
  readonly state?: string | null | undefined;
  readonly reason?: string | null | undefined;
}

export interface HistorySpan {
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly state: "continuous" | "reduced" | "gap";
  /** Why it is not continuous, as far as the journal knows it; empty otherwise. */
  readonly reason: string;
}

function readHistorySpan(raw: RawHistorySpan): HistorySpan {
  return {
    fromMicros: field.unsigned(raw.fromMicros, { where: "HistorySpan.fromMicros", min: 0, max: 9007199254740991 }),
    toMicros: field.unsigned(raw.toMicros, { where: "HistorySpan.toMicros", min: 0, max: 9007199254740991 }),
    state: field.oneOf(raw.state, "HistorySpan.state", ["continuous", "reduced", "gap"]),
    reason: field.text(raw.reason, { where: "HistorySpan.reason", min: 0, max: 64 }),
  };
}

interface RawListMoments {
  readonly machineId?: string | null | undefined;
  readonly pointId?: string | null | undefined;
  readonly members?: readonly RawPointItemMember[] | null | undefined;
}

/** When a daemon did what with a recovery point, as far as it remembers. */
export interface ListMoments {
  readonly machineId: string;
  readonly pointId: string;
  /** Where the point stands on its disks; none when whoever asks does not know. */
  readonly members: readonly PointItemMember[];
}

function readListMoments(raw: RawListMoments): ListMoments {
  return {
    machineId: field.id128(raw.machineId, "ListMoments.machineId"),
    pointId: field.id128(raw.pointId, "ListMoments.pointId"),
    members: field.list(raw.members, { where: "ListMoments.members", itemsMax: 1024 }, readPointItemMember),
  };
}

interface RawMomentList {
  readonly items?: readonly RawMomentItem[] | null | undefined;
  readonly members?: readonly RawPointItemMember[] | null | undefined;
}

export interface MomentList {
  readonly items: readonly MomentItem[];
  /** As the daemon knows them. */
  readonly members: readonly PointItemMember[];
}

function readMomentList(raw: RawMomentList): MomentList {
  return {
    items: field.list(raw.items, { where: "MomentList.items", itemsMax: 8192 }, readMomentItem),
    members: field.list(raw.members, { where: "MomentList.members", itemsMax: 1024 }, readPointItemMember),
  };
}

interface RawMomentItem {
  readonly diskId?: string | null | undefined;
  readonly stage?: string | null | undefined;
  readonly atMicros?: field.Integer | null | undefined;
  readonly tookMicros?: field.Integer | null | undefined;
}

export interface MomentItem {
  /** Empty for what is of the whole machine. */
  readonly diskId: string;
  readonly stage: "raised" | "durable" | "sent" | "cached" | "cut" | "compressed" | "staged" | "journaled" | "recoverable";
  /** When it was done, by the daemon's clock, and how long that took. */
  readonly atMicros: number;
  readonly tookMicros: number;
}

function readMomentItem(raw: RawMomentItem): MomentItem {
  return {
    diskId: field.maybeEmpty(raw.diskId, "MomentItem.diskId", field.id128),
    stage: field.oneOf(raw.stage, "MomentItem.stage", ["raised", "durable", "sent", "cached", "cut", "compressed", "staged", "journaled", "recoverable"]),
    atMicros: field.unsigned(raw.atMicros, { where: "MomentItem.atMicros", min: 0, max: 9007199254740991 }),
    tookMicros: field.unsigned(raw.tookMicros, { where: "MomentItem.tookMicros", min: 0, max: 9007199254740991 }),
  };
}
