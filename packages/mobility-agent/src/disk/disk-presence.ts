import type { Fault } from "@leeward/base";
import type { EventReport } from "@leeward/proto";

/** What people are told when a disk goes, comes back, or has another size: each once, however often it is tried meanwhile. */
export class DiskPresence {
  readonly #disk: { readonly diskId: string; readonly name: string };
  #isMissing = false;

  constructor(disk: { readonly diskId: string; readonly name: string }) {
    this.#disk = disk;
  }

  /** The disk cannot be served, or not any more. */
  ended({ code, message }: Fault): EventReport | undefined {
    if (code === "disk-resized") return this.#event("disk-resized", message, "info");
    if (code !== "disk-missing" || this.#isMissing) return undefined;
    this.#isMissing = true;
    return this.#event("disk-missing", `${this.#disk.name} is not protected while it is away: ${message}`, "critical");
  }

  opened(): EventReport | undefined {
    if (!this.#isMissing) return undefined;
    this.#isMissing = false;
    return this.#event("disk-returned", `${this.#disk.name} is there again, and protected as before.`, "info");
  }

  #event(kind: string, message: string, severity: EventReport["severity"]): EventReport {
    const { name, diskId } = this.#disk;
    return { kind, subject: name, message, detail: { disk: diskId }, severity };
  }
}
