// npm run store -- --store URL [--store-credentials-file FILE] [--store-ca-file FILE]: the suite of every store, run on a store of one's own:
// a real account, a store that this repository installs no peer of. It works under a prefix of its own, which is empty again at the end.
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ObjectStore, openStore } from "@leeward/object-store";
import { storeSuite } from "@leeward/object-store/testing";
import { nodeClock, nodeRandom } from "@leeward/world";

const USAGE = "usage: npm run store -- --store URL [--store-credentials-file FILE] [--store-ca-file FILE]\n";

const world = { clock: nodeClock, random: nodeRandom };
const { values } = parseArgs({
  options: {
    store: { type: "string" },
    "store-credentials-file": { type: "string" },
    "store-ca-file": { type: "string" },
  },
});
const { store: url, "store-credentials-file": credentialsFile, "store-ca-file": caFile } = values;
if (url === undefined) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const own = `suite-${randomUUID()}`;

function placeUnder(prefix: string): URL {
  const place = new URL(url ?? "");
  place.pathname = `${place.pathname.replace(/\/$/, "")}/${prefix}`;
  return place;
}

async function openUnder(prefix: string): Promise<ObjectStore> {
  const place = placeUnder(prefix);
  if (place.protocol === "file:") await mkdir(fileURLToPath(place), { recursive: true });
  return openStore(
    {
      url: place.href,
      ...(credentialsFile !== undefined && { credentialsFile }),
      ...(caFile !== undefined && { caFile }),
    },
    world,
  );
}

async function removeAll(): Promise<void> {
  if (placeUnder(own).protocol === "file:") return rm(placeUnder(own), { recursive: true });
  await using store = await openUnder(own);
  for await (const each of store.list("")) if (each.kind === "object") await store.remove(each.status.key);
}

const { isConditional } = await openUnder(own).then(async (store) => {
  await using opened = store;
  return { isConditional: opened.isConditional };
});
process.stdout.write(`${url}: ${isConditional ? "honours conditions" : "ignores conditions: one writer by a lease"}\n`);
after(removeAll);
let subjects = 0;
storeSuite({
  name: "store",
  isConditional,
  open: async () => {
    subjects += 1;
    const store = await openUnder(`${own}/${subjects}`);
    return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  },
});
