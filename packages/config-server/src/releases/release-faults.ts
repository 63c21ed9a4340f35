import { Fault } from "@leeward/base";
import { operator } from "../operator-fault.ts";

export const releaseUnknown = (what: string): Fault =>
  operator(
    "release-unknown",
    `The config server has no release ${JSON.stringify(what)}.`,
    "See `leeward release list`; `leeward release add FILE` brings one.",
  );

export const releaseFileInvalid = (file: string, why: string): Fault =>
  operator(
    "release-file-invalid",
    `${JSON.stringify(file)} cannot be added: ${why}.`,
    "Add leeward-VERSION-linux-x64.tar.gz or leeward-agent_VERSION-REVISION_amd64.deb as a release brings them.",
  );

export const releaseFileTaken = (file: string): Fault =>
  operator(
    "release-file-exists",
    `There is another ${file} already, with another sum.`,
    "A version has one content. Remove it first (`leeward release remove`), or give what you made another version.",
  );

export const releasesFull = (count: number): Fault =>
  operator(
    "releases-full",
    `There are ${count} files of releases, which is as many as are kept.`,
    "Remove those of old versions: `leeward release list`, `leeward release remove`.",
  );

export const releasePartLost = (file: string): Fault =>
  new Fault({
    code: "release-part-unexpected",
    kind: "transient",
    message: `A part of ${file} does not go on where the part before it ended.`,
    remedy: "Somebody else adds a file, or the server was started anew: add it again.",
    detail: { file },
  });

export const releaseDamaged = (file: string): Fault =>
  operator(
    "release-file-damaged",
    `What came of ${file} is not what its sum says; it was not taken.`,
    "Compare the file with the release's SHA256SUMS, and add it again.",
  );

export const releaseInUse = (version: string, job: string): Fault =>
  operator(
    "release-in-use",
    `The job ${job} upgrades agents to ${version}.`,
    "Wait until it has ended, or cancel it: `leeward job cancel`.",
  );
