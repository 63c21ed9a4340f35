// One object of a cache container as bytes: compressed, then encrypted (proto/cache-account.md).
//
//   0        8          12      13        16       48            end - 16   end
//   ┌────────┬──────────┬───────┬─────────┬────────┬─────────────┬──────────┐
//   │ magic  │ raw: u32 │ codec │ 0, 0, 0 │ salt   │ ciphertext  │ tag      │
//   └────────┴──────────┴───────┴─────────┴────────┴─────────────┴──────────┘
//
// Invariant: each object has a key of its own, by its fresh salt, and that key is of one place in one machine's container: an object that stands anywhere
// else does not open. Worst outcome if broken: somebody who has the store puts records into a disk's history.
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { type Random, viewOf } from "@leeward/base";
import { CODECS, type Compute } from "@leeward/world";
import { cacheObjectDamaged } from "./cache-faults.ts";
import type { CacheLink } from "./cache-link.ts";
import { CACHE_LIMITS } from "./limits.ts";

const MAGIC = new TextEncoder().encode("LWCACHE1");
const AT = { raw: 8, codec: 12, salt: 16, content: 48 } as const;
const TAG_BYTES = 16;
const NONCE = new Uint8Array(12);
const CIPHER = "aes-256-gcm";

export interface SealingWorld {
  readonly compute: Compute;
  readonly random: Random;
}

/** The object for one place of the container. `raw` is borrowed until it settles. */
export async function sealObject(
  raw: Uint8Array,
  place: { readonly link: CacheLink; readonly key: string },
  { compute, random }: SealingWorld,
): Promise<Uint8Array> {
  const shorter = await compute.compress("lz4", raw);
  const content = shorter ?? raw;
  const object = new Uint8Array(AT.content + content.length + TAG_BYTES);
  object.set(MAGIC);
  viewOf(object).setUint32(AT.raw, raw.length, true);
  object[AT.codec] = CODECS[shorter === undefined ? "none" : "lz4"];
  object.set(random.bytes(AT.content - AT.salt), AT.salt);
  const header = object.subarray(0, AT.content);
  const cipher = createCipheriv(CIPHER, keyOf(header, place), NONCE);
  cipher.setAAD(header);
  object.set(cipher.update(content), AT.content);
  cipher.final();
  object.set(cipher.getAuthTag(), object.length - TAG_BYTES);
  return object;
}

/** What was sealed for this place. @throws Fault `cache-object-damaged` */
export async function openObject(
  object: Uint8Array,
  place: { readonly link: CacheLink; readonly key: string },
  { compute }: Pick<SealingWorld, "compute">,
): Promise<Uint8Array> {
  const { key } = place;
  if (object.length < AT.content + TAG_BYTES || MAGIC.some((byte, at) => object[at] !== byte))
    throw cacheObjectDamaged(key, "it is none of ours");
  const header = object.subarray(0, AT.content);
  const rawBytes = viewOf(object).getUint32(AT.raw, true);
  const codec = object[AT.codec];
  const content = decrypted(object, header, place);
  if (rawBytes > CACHE_LIMITS.rawBytesMax || (codec !== CODECS.none && codec !== CODECS.lz4))
    throw cacheObjectDamaged(key, "it is of a later release, or larger than any");
  if (codec === CODECS.none) {
    if (content.length !== rawBytes) throw cacheObjectDamaged(key, "it is not as long as it says");
    return content;
  }
  try {
    return await compute.decompress("lz4", content, rawBytes);
  } catch (error) {
    throw cacheObjectDamaged(key, "it does not decompress", error);
  }
}

function decrypted(
  object: Uint8Array,
  header: Uint8Array,
  place: { readonly link: CacheLink; readonly key: string },
): Uint8Array {
  const decipher = createDecipheriv(CIPHER, keyOf(header, place), NONCE);
  decipher.setAAD(header);
  decipher.setAuthTag(object.subarray(object.length - TAG_BYTES));
  const content = decipher.update(object.subarray(AT.content, object.length - TAG_BYTES));
  try {
    decipher.final();
    return content;
  } catch (error) {
    throw cacheObjectDamaged(place.key, "it was changed, stood elsewhere, or was put with another identity", error);
  }
}

function keyOf(header: Uint8Array, { link, key }: { readonly link: CacheLink; readonly key: string }): Uint8Array {
  const info = `leeward cache account\n${link.machineId}\n${key}`;
  return new Uint8Array(hkdfSync("sha256", link.key, header.subarray(AT.salt), info, 32));
}
