import { Fault, type FaultDetail } from "@leeward/base";

/** A manifest that a crash cannot have left so: bytes were changed, or the file is another one. */
export function manifestDamaged(path: string, why: string, detail: FaultDetail = {}): Fault {
  return new Fault({
    code: "manifest-damaged",
    kind: "corruption",
    message: `The manifest ${path} is damaged: ${why}.`,
    remedy:
      "Put it back from another copy of the journal; check the disk that holds it. Leave the segments as they are.",
    detail: { path, ...detail },
  });
}

/** Decryption fails under right checksums: another key, or bytes that were made by someone else. */
export function manifestUnreadable(path: string): Fault {
  return new Fault({
    code: "manifest-unreadable",
    kind: "corruption",
    message: `The manifest ${path} does not decrypt: the key is not this disk's, or the file was tampered with.`,
    remedy: "Check that the key is the right one; if it is, treat it as tampering and use another copy of the journal.",
    detail: { path },
  });
}

/** An older manifest stands where a newer one was. */
export function manifestRolledBack(path: string, why: string, detail: FaultDetail = {}): Fault {
  return new Fault({
    code: "manifest-rolled-back",
    kind: "corruption",
    message: `The manifest ${path} is older than the journal: ${why}.`,
    remedy:
      "Put the newer state back if it exists. Otherwise keep a copy, and remove the disk's file in the `anchors` folder of the master target's home to go on with what is there.",
    detail: { path, ...detail },
  });
}

/** A manifest of another disk or machine, or one that its name does not fit. */
export function manifestForeign(path: string, why: string): Fault {
  return new Fault({
    code: "manifest-foreign",
    kind: "corruption",
    message: `The manifest ${path} does not belong here: ${why}.`,
    detail: { path },
  });
}
