import type { CommandCheck } from "./command-check.ts";

/** What is no place for a disk is refused, by a server's commands (`home`) and by those of a journal. */
export async function checkAzureRefusals(
  check: CommandCheck,
  { home, journal }: { readonly home: readonly string[]; readonly journal: readonly string[] },
): Promise<void> {
  const nowhere = { exit: 2, code: "store-url-invalid" };
  await check.refuses("point publish", ["web", "a", "--at", "latest", "--to", "s3://bucket/a.vhd", ...home], nowhere);
  await check.refuses("journal publish", [...journal, "--disk", "a", "--to", "azure://account/disks"], nowhere);
  const [, ...key] = journal;
  await check.refuses("restore publish", ["--store", "s3://bucket", ...key, "--to", "azure://account/disks"], nowhere);
}
