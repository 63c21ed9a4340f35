/** One line of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly id: number;
  /** "major:minor"; of a file system on several devices (btrfs) or on none, an anonymous number "0:…". */
  readonly device: string;
  readonly mountPoint: string;
  readonly kind: string;
  readonly source: string;
  /** Of the file system, not of this mount: a mount may be read-only while the file system is written through another. */
  readonly options: readonly string[];
}

/** One line of /proc/swaps. */
export interface Swap {
  readonly path: string;
  readonly isFile: boolean;
}

export function parseMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const [place = "", fileSystem] = line.split(" - ");
    const [id, , device, , mountPoint] = place.split(" ");
    const [kind, source, options = ""] = fileSystem?.split(" ") ?? [];
    if (device === undefined || mountPoint === undefined || kind === undefined || source === undefined) return [];
    return [
      {
        id: Number(id),
        device,
        mountPoint: unescaped(mountPoint),
        kind,
        source: unescaped(source),
        options: options.split(",").map(unescaped),
      },
    ];
  });
}

export function parseSwaps(text: string): Swap[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [path, kind] = line.split(/\s+/);
      if (path === undefined || kind === undefined) return [];
      return [{ path: unescaped(path), isFile: kind === "file" }];
    });
}

/** The kernel writes space, tab, newline, backslash and some others as three octal digits; the bytes are UTF-8 as they were. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  const plain = Buffer.from(text).toString("latin1");
  const bytes = plain.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return Buffer.from(bytes, "latin1").toString();
}
