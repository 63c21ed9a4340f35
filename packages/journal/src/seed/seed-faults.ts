import { Fault } from "@leeward/base";

export function seedMissing(folder: string): Fault {
  return new Fault({
    code: "seed-missing",
    kind: "operator",
    message: `${folder} holds no seed: it has no seed.json.`,
    remedy: "Name the folder that `leeward seed save` wrote to, as the master target's machine sees it.",
    detail: { folder },
  });
}

export function seedDamaged(path: string, why: string): Fault {
  return new Fault({
    code: "seed-damaged",
    kind: "corruption",
    message: `${path} is not what \`leeward seed save\` wrote: ${why}.`,
    remedy: "Copy the seed again from the medium that it was written to, or save it anew into an empty folder.",
    detail: { path, why },
  });
}

/** What lies in the folder is another's. */
export function seedOther(folder: string, of: string): Fault {
  return new Fault({
    code: "seed-other",
    kind: "operator",
    message: `The seed in ${folder} is ${of}.`,
    remedy: "Name the folder of this disk's seed. To save one, name a folder of its own.",
    detail: { folder, of },
  });
}

export function seedIncomplete(folder: string): Fault {
  return new Fault({
    code: "seed-incomplete",
    kind: "operator",
    message: `The seed in ${folder} was not saved to its end.`,
    remedy: "Go on with the same `leeward seed save` on the protected machine; it takes up where it ended.",
    detail: { folder },
  });
}

export function seedFileRefused(path: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "seed-file-refused",
    kind: "corruption",
    message: `${path} is refused: ${why}.`,
    remedy: "Copy the file again from the medium that it was written to and load again; or save the seed anew.",
    detail: { path, why },
    cause,
  });
}

export function seedUnwanted(folder: string): Fault {
  return new Fault({
    code: "seed-unwanted",
    kind: "operator",
    message: `The journal already has a history of the disk; the seed in ${folder} is for one that has none.`,
    remedy: "None is needed: a resync of a disk that its target holds sends differences alone.",
    detail: { folder },
  });
}

export function mediumFull(folder: string, room: { readonly freeBytes: number; readonly neededBytes: number }): Fault {
  return new Fault({
    code: "seed-medium-full",
    kind: "operator",
    message: `${folder} has ${room.freeBytes} bytes free where ${room.neededBytes} may be needed for what is left of the disk.`,
    remedy:
      "Take a larger medium, or make room and run the same command again: it goes on. With --force it begins all the same, for what is written is compressed.",
    detail: { folder, ...room },
  });
}
