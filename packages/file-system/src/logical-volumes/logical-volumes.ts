import { type BlockDevice, type Extent, endOf, SplicedDevice, type Stretch } from "@leeward/block";
import { damaged } from "../faults.ts";
import { Volume } from "../volume.ts";
import { countOf, listOf, metadataSection, type Section, sectionOf, textOf } from "./metadata-text.ts";
import { physicalVolume } from "./physical-volume.ts";

const SECTOR_BYTES = 512;

/** A part of a disk that holds a physical volume. */
export interface VolumePart {
  readonly device: BlockDevice;
  readonly extent: Extent;
}

/** A logical volume that somebody can mount. */
export interface LogicalVolume {
  /** By group and own name: "data/root". */
  readonly name: string;
  /** undefined where it cannot be put together. */
  readonly device: SplicedDevice | undefined;
  /** Where on the first of its disks it begins. */
  readonly at: Extent | undefined;
  /** Why it cannot be put together, in words that go on from "of which"; else empty. */
  readonly why: string;
}

/** A volume group as its newest description has it. */
interface Group {
  readonly name: string;
  readonly sequence: number;
  readonly section: Section;
}

/**
 * The logical volumes on these physical volumes, which may lie on several disks. Those that are laid out in one piece after another are put
 * together; stripes, mirrors, thin volumes and snapshots are not.
 * @throws Fault `file-system-damaged`, `file-system-unsupported`, and what the disks throw
 */
export async function logicalVolumes(parts: readonly VolumePart[]): Promise<LogicalVolume[]> {
  const present = new Map<string, VolumePart>();
  const groups = new Map<string, Group>();
  for (const part of parts) {
    const { id, descriptions } = await physicalVolume(Volume.whole(part.device).part(part.extent));
    // Two of one id are copies of one disk: which of them the guest would take, nobody can say.
    if (present.has(id)) throw damaged("volume group", "two of its physical volumes have one id");
    present.set(id, part);
    for (const group of descriptions.map(groupOf)) {
      const key = textOf(group.section, "id");
      if ((groups.get(key)?.sequence ?? -1) < group.sequence) groups.set(key, group);
    }
  }
  return [...groups.values()].flatMap((group) => volumesOf(group, present));
}

function groupOf(text: string): Group {
  for (const [name, section] of metadataSection(text))
    if (section instanceof Map) return { name, sequence: countOf(section, "seqno"), section };
  throw damaged("volume group", "its description has no group in it");
}

function volumesOf({ name, section }: Group, present: ReadonlyMap<string, VolumePart>): LogicalVolume[] {
  // A group without a volume has no such section.
  if (!section.has("logical_volumes")) return [];
  const extentBytes = countOf(section, "extent_size") * SECTOR_BYTES;
  const members = sectionOf(section, "physical_volumes");
  const found: LogicalVolume[] = [];
  for (const [own, volume] of sectionOf(section, "logical_volumes")) {
    if (!(volume instanceof Map) || !listOf(volume, "status").includes("VISIBLE")) continue;
    const full = `${name}/${own}`;
    const laid = stretchesOf(volume, { members, present, extentBytes });
    if (typeof laid === "string") found.push({ name: full, device: undefined, at: undefined, why: laid });
    else found.push({ name: full, device: new SplicedDevice(laid), at: laid[0], why: "" });
  }
  return found;
}

function areWholeBlocks(stretches: readonly Stretch[]): boolean {
  const blockBytes = Math.max(...stretches.map(({ device }) => device.blockBytes));
  return stretches.every(({ offset, length }) => offset % blockBytes === 0 && length % blockBytes === 0);
}

interface Layout {
  readonly members: Section;
  readonly present: ReadonlyMap<string, VolumePart>;
  readonly extentBytes: number;
}

/** Where the volume lies, or why that is not known here. */
function stretchesOf(volume: Section, layout: Layout): Stretch[] | string {
  const { extentBytes } = layout;
  const stretches: Stretch[] = [];
  let nextExtent = 0;
  for (let index = 1; index <= countOf(volume, "segment_count"); index += 1) {
    const piece = sectionOf(volume, `segment${index}`);
    const type = textOf(piece, "type");
    if (type !== "striped" && type !== "linear") return `a part is of type ${type}`;
    if (countOf(piece, "stripe_count") !== 1) return "a part is striped";
    const count = countOf(piece, "extent_count");
    if (countOf(piece, "start_extent") !== nextExtent || count === 0)
      throw damaged("volume group", "the pieces of a volume do not follow each other");
    nextExtent += count;
    const [member, from] = listOf(piece, "stripes");
    if (typeof member !== "string" || typeof from !== "number")
      throw damaged("volume group", "a piece of a volume says nowhere to lie");
    const stretch = stretchOf(sectionOf(layout.members, member), layout, { from, count });
    if (stretch === undefined) return "a part is on a disk that is not there";
    stretches.push(stretch);
  }
  if (stretches.length === 0 || extentBytes === 0) throw damaged("volume group", "a volume has no pieces");
  return areWholeBlocks(stretches) ? stretches : "the parts do not begin at blocks of their disks";
}

function stretchOf(
  member: Section,
  { present, extentBytes }: Layout,
  { from, count }: { readonly from: number; readonly count: number },
): Stretch | undefined {
  const part = present.get(textOf(member, "id").replaceAll("-", ""));
  if (part === undefined) return undefined;
  const start = countOf(member, "pe_start") * SECTOR_BYTES + from * extentBytes;
  const within = { offset: start, length: count * extentBytes };
  if (from < 0 || endOf(within) > part.extent.length)
    throw damaged("volume group", "a volume does not lie inside of its disk");
  return { device: part.device, offset: part.extent.offset + within.offset, length: within.length };
}
