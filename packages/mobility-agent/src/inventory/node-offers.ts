import { promises as fs } from "node:fs";
import { Fault } from "@leeward/base";
import { isRooted } from "@leeward/world";
import { parse } from "yaml";

/** More offers are not read. */
const OFFERS_MAX = 1_000;
const OFFER_BYTES_MAX = 64 * 1024;

/** What is offered, and what is wrong with files that offer nothing. */
export interface Offers {
  readonly paths: readonly string[];
  readonly faults: readonly Fault[];
}

/**
 * Disk offers: files HOME/offers/NAME.yaml, each with `path: /absolute/path`, dropped in by whoever makes a disk that may be protected.
 * They widen `protectable` and are read anew at each question, so that one dropped in is in force at once. A file that is wrong is
 * refused by name and the others stay in force.
 */
export async function readOffers(folder: string): Promise<Offers> {
  const names = (await fs.readdir(folder).catch(() => [])).filter((name) => name.endsWith(".yaml")).sort();
  const paths: string[] = [];
  const faults: Fault[] = [];
  for (const name of names.slice(0, OFFERS_MAX)) {
    try {
      paths.push(await readOffer(`${folder}/${name}`));
    } catch (error) {
      faults.push(error instanceof Fault ? error : invalid(`${folder}/${name}`, "cannot be read", error));
    }
  }
  return { paths, faults };
}

async function readOffer(file: string): Promise<string> {
  const { size } = await fs.stat(file);
  if (size > OFFER_BYTES_MAX) throw invalid(file, `is larger than ${OFFER_BYTES_MAX} bytes`);
  const document: unknown = parse(await fs.readFile(file, "utf8"));
  const path: unknown = typeof document === "object" && document !== null ? Reflect.get(document, "path") : undefined;
  if (typeof path !== "string" || !isRooted(path)) throw invalid(file, "has no absolute `path`");
  const extra = Object.keys(typeof document === "object" && document !== null ? document : {}).filter(
    (key) => key !== "path",
  );
  if (extra.length > 0) throw invalid(file, `has unknown keys: ${extra.join(", ")}`);
  return path;
}

function invalid(file: string, what: string, cause?: unknown): Fault {
  return new Fault({
    code: "offer-invalid",
    kind: "operator",
    message: `The disk offer ${file} ${what}; it offers nothing.`,
    remedy: "Write `path: /absolute/path` into it, and nothing else.",
    detail: { file },
    cause,
  });
}
