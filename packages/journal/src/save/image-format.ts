import { Fault, formatBytes, GiB, TiB } from "@leeward/base";

/** What a point can be saved as: `raw` byte for byte, the others as disk images that hypervisors take. */
export const IMAGE_FORMATS = ["raw", "qcow2", "vhd", "vhdx", "vmdk"] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** An image that QEMU's tools write. */
export type ToolFormat = Exclude<ImageFormat, "raw">;

interface FormatFacts {
  /** QEMU's name of the format. */
  readonly driver: string;
  /** How it is created, as `-o` takes it. All of these grow as they are written. */
  readonly options: string;
  /** The largest disk that it can hold, in bytes. */
  readonly bytesMax: number;
  /** Whether `qemu-img check` knows it. */
  readonly checked: boolean;
}

/**
 * - `vhd`: without `force_size` QEMU rounds the disk up to whole cylinders. With it the footer holds the exact size, which Hyper-V, Azure and
 *   QEMU go by; the cylinders beside it, which only Virtual PC believed, cannot say more than 127 GiB.
 * - `vmdk`: one sparse file, which QEMU, VirtualBox and VMware's desktop products start from; a stream-optimised one nobody can write to.
 */
const FACTS: Readonly<Record<ToolFormat, FormatFacts>> = {
  qcow2: { driver: "qcow2", options: "compat=1.1", bytesMax: Number.MAX_SAFE_INTEGER, checked: true },
  vhd: { driver: "vpc", options: "subformat=dynamic,force_size=on", bytesMax: 2040 * GiB, checked: false },
  vhdx: { driver: "vhdx", options: "subformat=dynamic", bytesMax: 64 * TiB, checked: true },
  vmdk: { driver: "vmdk", options: "subformat=monolithicSparse", bytesMax: Number.MAX_SAFE_INTEGER, checked: true },
};

/** How QEMU's tools make the format. */
export function factsOf(format: ToolFormat): FormatFacts {
  return FACTS[format];
}

/** The format of that name; the empty name is `raw`. @throws Fault `save-format-invalid` */
export function imageFormatOf(name: string): ImageFormat {
  const found = name === "" ? "raw" : IMAGE_FORMATS.find((format) => format === name);
  if (found !== undefined) return found;
  throw new Fault({
    code: "save-format-invalid",
    kind: "operator",
    message: `${JSON.stringify(name)} is no format that a point is saved as here.`,
    remedy: `Choose one of ${IMAGE_FORMATS.join(", ")}; a newer one needs a newer release at the master target.`,
    detail: { format: name.slice(0, 100) },
  });
}

/** @throws Fault `save-format-unsuitable` when the format holds no disk of that size */
export function requireHolds(format: ToolFormat, sizeBytes: number): void {
  const { bytesMax } = FACTS[format];
  if (sizeBytes <= bytesMax) return;
  throw new Fault({
    code: "save-format-unsuitable",
    kind: "operator",
    message: `A ${format} image holds at most ${formatBytes(bytesMax)}, and the disk has ${formatBytes(sizeBytes)}.`,
    remedy: "Choose another format: `vhdx` in the place of `vhd`, or `qcow2`, or `raw`.",
    detail: { format, sizeBytes, bytesMax },
  });
}

/** A device holds bytes and no image. */
export function requireRaw(format: ImageFormat, path: string): void {
  if (format === "raw") return;
  throw new Fault({
    code: "save-format-unsuitable",
    kind: "operator",
    message: `${path} is a device, which takes the disk itself and no ${format} image.`,
    remedy: "Save to the device without --format, or to a file.",
    detail: { format, path },
  });
}
