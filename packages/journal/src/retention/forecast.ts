/**
 * When a journal comes to its limit in bytes, and to which age its history is cut then: worked out of what it holds now.
 *
 * Invariant: what is told follows from what was measured. How fast the journal grows is what came in over the last hour, and what thinning makes of an
 * hour is what it made of the hours that are that old; of neither more is taken for known than was seen. Where the answer hangs on what was
 * never seen (a tier that history has not come to, what is written over behind a held point) there is none. Worst outcome: a person
 * relies on hours that are cut before, or stops to read warnings that never come true.
 *
 * The limit is applied as retention applies it (drop-plan.ts): above it the oldest points go until 15/16 of it are used. Bytes before the oldest point
 * wait for the base and cost no point.
 */
import { MICROS_PER_SECOND } from "@leeward/base";
import { BYTES_KEPT_PART, type RetentionPolicy } from "./drop-plan.ts";
import { bytesWithin, type HistoryPiece, type HistoryProfile } from "./history-profile.ts";
import { type Zone, zonesOf } from "./thinning-zones.ts";

/** What the policy's limit in bytes is going to do. Times are spans, microseconds. */
export interface HistoryForecast {
  /** From the journal's present until the cut. */
  readonly aheadMicros: number;
  /** How far back history reaches right before the cut, and right behind it. */
  readonly reachMicros: number;
  readonly reachLeftMicros: number;
  /** What comes in. */
  readonly growthBytesPerSecond: number;
}

/** The time over which growth is measured, at most; and at least, in so many segments. */
const MEASURED_MICROS_MAX = 3_600 * MICROS_PER_SECOND;
const MEASURED_MICROS_MIN = 60 * MICROS_PER_SECOND;
const MEASURED_PIECES_MIN = 8;
/** How many times the measured time is looked ahead. */
const AHEAD_PART = 24;
/** Layers that history is taken in, and moments that are looked at. */
const LAYERS_MAX = 256;
const LOOKS = 288;
/** The earliest and the latest time at which the limit can be reached may lie this part of it apart. */
const UNSURE_PART = 1 / 4;

/** How fast a journal grows, as it was measured. */
export interface Growth {
  readonly bytesPerMicro: number;
  readonly measuredMicros: number;
}

/** Bytes that lie between two ages; the younger one first. */
interface Layer {
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly bytes: number;
}

/** What is going to be, from one moment on. */
interface Course {
  readonly profile: HistoryProfile;
  readonly bytesMax: number;
  readonly zones: readonly Zone[];
  readonly layers: readonly Layer[];
  readonly growth: Growth;
  readonly heldBytes: number;
  /** Runs for each byte of segments. */
  readonly runPart: number;
}

/** Undefined when no cut comes as far ahead as one can see, or too little is known. */
export function forecastCut(profile: HistoryProfile, policy: RetentionPolicy): HistoryForecast | undefined {
  const growth = policy.bytesMax === 0 ? undefined : growthOf(profile, policy);
  if (growth === undefined || growth.bytesPerMicro <= 0) return undefined;
  const course = courseOf(profile, policy, growth);
  // What is not known keeps all of its bytes or none.
  const earliest = cutAfter(course, 1);
  const latest = earliest === undefined ? undefined : cutAfter(course, 0);
  if (earliest === undefined || latest === undefined) return undefined;
  if (latest - earliest > latest * UNSURE_PART) return undefined;
  const reachMicros = Math.min(policy.windowMicros, profile.nowMicros - profile.oldestMicros + earliest);
  const reachLeftMicros = Math.min(reachMicros, reachLeft(course, earliest));
  const growthBytesPerSecond = growth.bytesPerMicro * MICROS_PER_SECOND;
  return { aheadMicros: earliest, reachMicros, reachLeftMicros, growthBytesPerSecond };
}

/** Undefined when too little was seen: a copy is coming in, or it, the first point or the last restart of history is too near. */
export function growthOf(profile: HistoryProfile, policy: RetentionPolicy): Growth | undefined {
  const { nowMicros, oldestMicros, steadySinceMicros, isCopying, pieces } = profile;
  if (isCopying) return undefined;
  // Behind the any-point window segments are merged: what is left of them is not what came in.
  const anyPointMicros = policy.tiers?.[0]?.afterMicros ?? policy.windowMicros;
  const since = nowMicros - Math.min(MEASURED_MICROS_MAX, anyPointMicros);
  const sinceMicros = Math.max(since, oldestMicros, steadySinceMicros);
  const measuredMicros = nowMicros - sinceMicros;
  const seen = pieces.filter(({ endMicros }) => endMicros > sinceMicros);
  if (measuredMicros < MEASURED_MICROS_MIN || seen.length < MEASURED_PIECES_MIN) return undefined;
  const bytes = seen.reduce((sum, piece) => sum + bytesWithin(piece, sinceMicros, nowMicros), 0);
  return { bytesPerMicro: bytes / measuredMicros, measuredMicros };
}

function courseOf(profile: HistoryProfile, policy: RetentionPolicy, growth: Growth): Course {
  const free = profile.pieces.filter(({ isHeld }) => !isHeld);
  const heldBytes = profile.pieces.reduce((sum, { isHeld, bytes }) => sum + (isHeld ? bytes : 0), 0);
  const layers = layersOf(free, profile.nowMicros);
  const segmentBytes = layers.reduce((sum, { bytes }) => sum + bytes, profile.bytesBefore + heldBytes);
  const runPart = segmentBytes === 0 ? 0 : profile.runBytes / segmentBytes;
  const zones = zonesOf(profile, policy);
  return { profile, bytesMax: policy.bytesMax, zones, layers, growth, heldBytes, runPart };
}

/** The pieces in few layers, the oldest first. */
function layersOf(pieces: readonly HistoryPiece[], nowMicros: number): Layer[] {
  const [first] = pieces;
  const thinnest = first === undefined ? 0 : (nowMicros - first.beginMicros) / LAYERS_MAX;
  const layers: Layer[] = [];
  for (const { beginMicros, endMicros, bytes } of pieces) {
    const last = layers.at(-1);
    const fromMicros = nowMicros - endMicros;
    if (last !== undefined && last.toMicros - fromMicros < thinnest)
      layers[layers.length - 1] = { fromMicros, toMicros: last.toMicros, bytes: last.bytes + bytes };
    else layers.push({ fromMicros, toMicros: nowMicros - beginMicros, bytes });
  }
  return layers;
}

/** Until the first cut, as far as one can see ahead. */
function cutAfter(course: Course, unknownPart: number): number | undefined {
  const aheadMax = course.growth.measuredMicros * AHEAD_PART;
  const step = aheadMax / LOOKS;
  const isCut = (ahead: number): boolean => excessAt(course, ahead, unknownPart) > course.profile.bytesBefore;
  if (isCut(0)) return 0;
  for (let look = 1; look <= LOOKS; look += 1) {
    if (!isCut(look * step)) continue;
    let [low, high] = [(look - 1) * step, look * step];
    while (high - low > MICROS_PER_SECOND) {
      const middle = (low + high) / 2;
      if (isCut(middle)) high = middle;
      else low = middle;
    }
    return high;
  }
  return undefined;
}

/** Bytes that the cut has to free; 0 while the journal is within its limit. */
function excessAt(course: Course, ahead: number, unknownPart: number): number {
  const { profile, bytesMax, heldBytes, runPart } = course;
  const live = layersAt(course, ahead, unknownPart).reduce((sum, { bytes }) => sum + bytes, 0);
  const all = (profile.bytesBefore + heldBytes + live) * (1 + runPart);
  return all <= bytesMax ? 0 : all - bytesMax * BYTES_KEPT_PART;
}

/** The age of the oldest point that the cut leaves. */
function reachLeft(course: Course, ahead: number): number {
  const layers = layersAt(course, ahead, 1).toReversed();
  const live = layers.reduce((sum, { bytes }) => sum + bytes, 0);
  let room = live + course.profile.bytesBefore - excessAt(course, ahead, 1);
  let reach = 0;
  for (const { fromMicros, toMicros, bytes } of layers) {
    if (bytes > room) return fromMicros + ((toMicros - fromMicros) * Math.max(0, room)) / bytes;
    room -= bytes;
    reach = toMicros;
  }
  return reach;
}

/** How history lies after that time, the oldest first: what is there now, thinned, and what came in since. */
function layersAt({ layers, zones, growth }: Course, ahead: number, unknownPart: number): Layer[] {
  const partOf = ({ fromMicros, toMicros }: Layer): number => {
    const age = (fromMicros + toMicros) / 2;
    return partBetween(zones, age, { laterMicros: age + ahead, unknownPart });
  };
  const old = layers.map((layer) => ({
    fromMicros: layer.fromMicros + ahead,
    toMicros: layer.toMicros + ahead,
    bytes: layer.bytes * partOf(layer),
  }));
  const fresh = zones.map(({ fromMicros }, index) => {
    const toMicros = Math.min(ahead, zones[index + 1]?.fromMicros ?? ahead);
    const part = partBetween(zones, 0, { laterMicros: fromMicros, unknownPart });
    return { fromMicros, toMicros, bytes: Math.max(0, toMicros - fromMicros) * growth.bytesPerMicro * part };
  });
  return [...old, ...fresh.toReversed()].filter(({ bytes }) => bytes > 0);
}

/** What is left, at a later age, of what is that old now. */
function partBetween(
  zones: readonly Zone[],
  ageMicros: number,
  { laterMicros, unknownPart }: { readonly laterMicros: number; readonly unknownPart: number },
): number {
  let part = 1;
  for (const { fromMicros, partLeft } of zones)
    if (fromMicros > ageMicros && fromMicros <= laterMicros) part *= partLeft ?? unknownPart;
  return part;
}
