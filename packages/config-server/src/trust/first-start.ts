// What a home gets at its first start besides keys: an id, and the operator's token. Order: token's digest durable in the state → operator.token
// durable. A crash between leaves a token that nobody has; the next start makes another one, since the file is what counts.
import { randomId } from "@leeward/base";
import { createToken, digestOfSecret, parseToken } from "@leeward/identity";
import { type Files, readFile, replaceFile, type World } from "@leeward/world";
import type { Store } from "../store/store.ts";
import type { Trust } from "./trust.ts";

const OPERATOR_TOKEN_NAME = "operator.token";
const TOKEN_BYTES_MAX = 16 * 1024;

/** The id of this config server, made at the first start. */
export function serverIdOf(store: Store, world: World): string {
  return store.transaction(() => {
    const known = store.facts.get("serverId");
    if (known !== undefined) return known;
    const id = randomId(world.random);
    store.facts.set("serverId", id);
    store.facts.set("createdMicros", String(world.clock.wallMicros()));
    return id;
  });
}

/** Writes ca.pem, and an operator's token when the folder has none that holds, into `folder`. */
export async function handOver(of: { world: World; store: Store; trust: Trust; folder: string }): Promise<void> {
  const { world, store, trust, folder } = of;
  const { files } = world;
  await files.makeFolder(folder);
  await handOverAuthorities(of);
  if (await holdsToken(files, store, `${folder}/${OPERATOR_TOKEN_NAME}`)) return;
  const { token, secretDigest } = createToken(world.random, trust.ownCaPem);
  store.tokens.insert({
    id: randomId(world.random),
    role: "administrator",
    createdMicros: world.clock.wallMicros(),
    createdBy: "config-server",
    expiresMicros: null,
    note: "operator.token",
    machineId: null,
    secretDigest,
  });
  await replaceFile(files, folder, OPERATOR_TOKEN_NAME, new TextEncoder().encode(`${token}\n`));
}

/** Writes ca.pem: every authority that is trusted. */
export function handOverAuthorities(of: { world: World; trust: Trust; folder: string }): Promise<void> {
  return replaceFile(of.world.files, of.folder, "ca.pem", new TextEncoder().encode(of.trust.caPem));
}

/** Whether there is a token file of this server's; one that was revoked stays as it is: that was somebody's will. */
async function holdsToken(files: Files, store: Store, path: string): Promise<boolean> {
  if ((await files.status(path)) === undefined) return false;
  const text = new TextDecoder().decode(await readFile(files, path, TOKEN_BYTES_MAX));
  return store.tokens.byDigest(digestOfSecret(parseToken(text).secret)) !== undefined;
}
