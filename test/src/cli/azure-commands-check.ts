import type { CommandCheck } from "./command-check.ts";

/** A template is written, once; what is no place for a disk is refused, by a server's commands (`home`) and by those of a journal. */
export async function checkAzureCommands(
  check: CommandCheck,
  given: { readonly home: readonly string[]; readonly journal: readonly string[]; readonly folder: string },
): Promise<void> {
  const { home, journal, folder } = given;
  const nowhere = { exit: 2, code: "store-url-invalid" };
  await check.refuses("point publish", ["web", "a", "--at", "latest", "--to", "s3://bucket/a.vhd", ...home], nowhere);
  const template = ["web", "--blobs", "azure://account/disks", "--out", `${folder}/azure`];
  await check.prints("point template", [...template, "--at", "latest", ...home]);
  await check.refuses("point template", [...template, "--at", "latest", ...home], { exit: 4, code: "file-exists" });
  await check.refuses("journal publish", [...journal, "--disk", "a", "--to", "azure://account/disks"], nowhere);
  const [, ...key] = journal;
  await check.refuses("restore publish", ["--store", "s3://bucket", ...key, "--to", "azure://account/disks"], nowhere);
}
