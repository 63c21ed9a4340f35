import type { KernelTypes } from "./btf.ts";

/** Where the programs find what they read: each a list of steps, all but the last through a pointer. */
export interface RequestFields {
  /** The typedef that names the event. */
  readonly completed: number;
  /** From the request to its gendisk. */
  readonly disk: readonly number[];
  readonly major: number;
  readonly firstMinor: number;
  readonly operation: number;
  readonly sector: number;
  /** When the request began, ns. */
  readonly begun: number;
  readonly tag: number;
  readonly bio: number;
  readonly bioSector: number;
  readonly bioBytes: number;
  readonly bioNext: number;
}

export interface BioFields {
  readonly queued: number;
  readonly completed: number;
  /** From the bio to its gendisk. */
  readonly disk: readonly number[];
  readonly major: number;
  readonly firstMinor: number;
  readonly operation: number;
  readonly sector: number;
  readonly bytes: number;
}

export interface KernelFields {
  readonly requests: RequestFields | Lacking;
  readonly bios: BioFields | Lacking;
}

/** A kernel that lacks something; the reason is a part of a sentence for people. */
export interface Lacking {
  readonly lacking: string;
}

export function kernelFields(types: KernelTypes): KernelFields {
  return { requests: requestFields(types), bios: bioFields(types) };
}

/** block_rq_complete(request, error, bytes). */
function requestFields(types: KernelTypes): RequestFields | Lacking {
  return found(types, "block_rq_complete", 4, (field) => ({
    completed: types.typedefId("btf_trace_block_rq_complete") ?? 0,
    disk:
      types.offsetOf("request_queue", "disk") === undefined
        ? [field("request", "rq_disk")]
        : [field("request", "q"), field("request_queue", "disk")],
    major: field("gendisk", "major"),
    firstMinor: field("gendisk", "first_minor"),
    operation: field("request", "cmd_flags"),
    sector: field("request", "__sector"),
    begun: field("request", "start_time_ns"),
    tag: field("request", "tag"),
    bio: field("request", "bio"),
    bioSector: field("bio", "bi_iter.bi_sector"),
    bioBytes: field("bio", "bi_iter.bi_size"),
    bioNext: field("bio", "bi_next"),
  }));
}

/** block_bio_queue(bio) and block_bio_complete(queue, bio). */
function bioFields(types: KernelTypes): BioFields | Lacking {
  if (types.argumentsOf("btf_trace_block_bio_complete") !== 3)
    return { lacking: "the event block_bio_complete as known" };
  return found(types, "block_bio_queue", 2, (field) => ({
    queued: types.typedefId("btf_trace_block_bio_queue") ?? 0,
    completed: types.typedefId("btf_trace_block_bio_complete") ?? 0,
    disk: [field("bio", "bi_bdev"), field("block_device", "bd_disk")],
    major: field("gendisk", "major"),
    firstMinor: field("gendisk", "first_minor"),
    operation: field("bio", "bi_opf"),
    sector: field("bio", "bi_iter.bi_sector"),
    bytes: field("bio", "bi_iter.bi_size"),
  }));
}

/** `count` is that of the event's arguments, with the one that every tracepoint has first. */
function found<T>(
  types: KernelTypes,
  event: string,
  count: number,
  read: (field: (structure: string, name: string) => number) => T,
): T | Lacking {
  if (types.argumentsOf(`btf_trace_${event}`) !== count) return { lacking: `the event ${event} as known` };
  const missing: string[] = [];
  const fields = read((structure, name) => {
    const at = types.offsetOf(structure, name);
    if (at === undefined) missing.push(`${structure}.${name}`);
    return at ?? 0;
  });
  return missing.length === 0 ? fields : { lacking: `the field ${missing.join(", ")}` };
}
