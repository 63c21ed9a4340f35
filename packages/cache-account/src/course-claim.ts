import { isFault } from "@leeward/base";
import type { ObjectStatus } from "@leeward/object-store";
import { encodeEnvelope, type Hello, type Message } from "@leeward/proto";
import type { CacheContainer, FoundObject } from "./cache-container.ts";
import { cacheContested, cacheUnconfirmed } from "./cache-faults.ts";
import { answersPrefix, courseOf, depositsPrefix, headKey, wordKey } from "./cache-link.ts";
import type { CourseRuns } from "./home-runs.ts";
import { CACHE_LIMITS } from "./limits.ts";

export interface Claimed {
  readonly course: number;
  /** Of deposits of courses before, in the container. */
  readonly leftBytes: number;
}

/** What stands at the head of a container. */
export interface Head {
  readonly course: number;
  readonly hello: Hello;
}

/** Begins the next course, and sweeps answers that nobody waits for any more. @throws Fault `cache-contested`, `cache-unconfirmed`, and as ObjectStore */
export async function claimCourse(
  container: CacheContainer,
  { hello, runs }: { readonly hello: Hello; readonly runs: CourseRuns },
  signal: AbortSignal,
): Promise<Claimed> {
  const { link, store } = container;
  const key = headKey(link);
  // What does not open is of an identity that the machine had before: it goes on behind it.
  const before = await unlessDamaged(() => container.read(key, signal));
  const newest = headIn(before?.messages);
  if (newest !== undefined && !runs.isOwn(newest.hello.instance) && !runs.isConfirmed())
    throw cacheUnconfirmed(store.place);
  const word = await unlessDamaged(() => container.read(wordKey(link), signal));
  let course = Math.max(newest?.course ?? 0, wordCourse(word?.messages));
  let leftBytes = 0;
  for await (const listed of store.list(depositsPrefix(link), {}, signal)) {
    if (listed.kind !== "object") continue;
    course = Math.max(course, courseOf(link, listed.status.key) ?? 0);
    leftBytes += listed.status.sizeBytes;
  }
  await sweepAnswers(container, signal);
  course += 1;
  const status = before?.status ?? (await store.status(key, signal));
  const condition =
    status === undefined ? { kind: "absent" as const } : { kind: "unchanged" as const, tag: status.tag };
  const messages = [
    encodeEnvelope({ kind: "cacheHead", value: { course } }),
    encodeEnvelope({ kind: "hello", value: hello }),
  ];
  try {
    await container.put(key, await container.seal(key, messages), condition, signal);
  } catch (error) {
    if (isFault(error, "object-conflict")) throw cacheContested(store.place);
    throw error;
  }
  return { course, leftBytes };
}

export function headIn(messages: readonly Message[] | undefined): Head | undefined {
  const [head, hello] = messages ?? [];
  if (head?.body.kind !== "cacheHead" || hello?.body.kind !== "hello") return undefined;
  return { course: head.body.value.course, hello: hello.body.value };
}

/** Removes the deposits of all courses before `course`. What a listing does not name yet goes with the next course. */
export async function removeLeft(
  { link, store }: CacheContainer,
  { course, onRemoved }: { readonly course: number; readonly onRemoved: (bytes: number) => void },
  signal: AbortSignal,
): Promise<void> {
  let some: ObjectStatus[] = [];
  const removeSome = (): Promise<void> =>
    allOf(some.map(({ key, sizeBytes }) => store.remove(key, signal).then(() => onRemoved(sizeBytes))));
  for await (const listed of store.list(depositsPrefix(link), {}, signal)) {
    if (listed.kind !== "object") continue;
    const of = courseOf(link, listed.status.key);
    if (of === undefined || of >= course) continue;
    some.push(listed.status);
    if (some.length < CACHE_LIMITS.removalsAtOnce) continue;
    await removeSome();
    some = [];
  }
  await removeSome();
}

/** Settles when all have; rejects with the first that did. */
export async function allOf(all: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(all)).find((each) => each.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function sweepAnswers({ link, store }: CacheContainer, signal: AbortSignal): Promise<void> {
  for await (const listed of store.list(answersPrefix(link), {}, signal)) {
    if (listed.kind === "object") await store.remove(listed.status.key, signal);
  }
}

async function unlessDamaged(read: () => Promise<FoundObject | undefined>): Promise<FoundObject | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isFault(error, "cache-object-damaged")) return undefined;
    throw error;
  }
}

function wordCourse(messages: readonly Message[] | undefined): number {
  const first = messages?.[0]?.body;
  return first?.kind === "cacheWord" ? first.value.course : 0;
}
