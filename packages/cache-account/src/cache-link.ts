/**
 * The way of one machine's data to one process server, in the machine's container (proto/cache-account.md). Who has a part in it is a part of every key:
 * what was put for one process server is nothing to another.
 */
export interface CacheLink {
  readonly machineId: string;
  readonly processServerId: string;
  /** 32 bytes that both ends make of their identities, and nobody else can. */
  readonly key: Uint8Array;
}

/** For what the identities of both ends make the key. */
export function linkPurpose({ machineId, processServerId }: Pick<CacheLink, "machineId" | "processServerId">): string {
  return `leeward cache link\n${machineId}\n${processServerId}`;
}

const DIGITS = 12;

export function headKey({ processServerId }: CacheLink): string {
  return `${processServerId}/head`;
}

export function wordKey({ processServerId }: CacheLink): string {
  return `${processServerId}/word`;
}

export function depositsPrefix({ processServerId }: CacheLink): string {
  return `${processServerId}/deposits/`;
}

/** Before the numbers of a course's deposits. */
export function coursePrefix(link: CacheLink, course: number): string {
  return `${depositsPrefix(link)}${padded(course)}/`;
}

export function depositKey(link: CacheLink, course: number, number: number): string {
  return `${coursePrefix(link, course)}${padded(number)}`;
}

/** The course that a deposit's key names; undefined for what is no deposit. */
export function courseOf(link: CacheLink, key: string): number | undefined {
  const [course, number, ...rest] = key.slice(depositsPrefix(link).length).split("/");
  const isOurs = key.startsWith(depositsPrefix(link)) && rest.length === 0;
  return isOurs && isPadded(course) && isPadded(number) ? Number(course) : undefined;
}

export function answersPrefix({ processServerId }: CacheLink): string {
  return `${processServerId}/answers/`;
}

export function answerKey(link: CacheLink, course: number, id: number): string {
  return `${answersPrefix(link)}${padded(course)}/${padded(id)}`;
}

function padded(number: number): string {
  return String(number).padStart(DIGITS, "0");
}

function isPadded(text: string | undefined): boolean {
  return text !== undefined && /^\d{12}$/.test(text);
}
