import type { ImageFormat, Saved } from "@leeward/api";
import { Option } from "commander";
import { plainBytes } from "./human-text.ts";
import type { OptionValues } from "./leaf-command.ts";
import { fieldsOf } from "./output.ts";

const FORMATS: readonly ImageFormat[] = ["raw", "qcow2", "vhd", "vhdx", "vmdk"];

/** `--format`, where a point is saved. */
export function formatOption(): Option {
  return new Option("--format <format>", "of the file; all but raw are made by QEMU's disk tools and read back")
    .choices(FORMATS)
    .default("raw");
}

export function formatOf(options: OptionValues): ImageFormat {
  return FORMATS.find((format) => format === options.text("format")) ?? "raw";
}

/** A saved point, for people. */
export function describeSaved({ file, format, point, bytes, sha256 }: Saved): string {
  return fieldsOf({ file, format, point, size: plainBytes(bytes), "sha256 of the disk": sha256 });
}
