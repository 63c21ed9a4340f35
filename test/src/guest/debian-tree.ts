import { runProgram } from "./program.ts";

export type DebianSuite = "bookworm" | "trixie";

export interface DebianTreeOptions {
  readonly suite: DebianSuite;
  /** With what they depend on; nothing that is only recommended. */
  readonly packages: readonly string[];
  /** Shell commands that run at the end, with the tree's path as $1. */
  readonly hooks: readonly string[];
}

/** Makes the file tree of a Debian in `folder`, without its manuals, from the mirror that this machine's own apt uses. */
export async function makeDebianTree(folder: string, { suite, packages, hooks }: DebianTreeOptions): Promise<void> {
  const args = ["--quiet", "--mode=root", "--format=directory", "--variant=minbase", `--include=${packages.join(",")}`];
  args.push("--aptopt=Acquire::Languages none", "--aptopt=APT::Install-Recommends false");
  for (const path of ["man", "doc", "locale", "info"]) args.push(`--dpkgopt=path-exclude=/usr/share/${path}/*`);
  for (const hook of hooks) args.push(`--customize-hook=${hook}`);
  await runProgram("mmdebstrap", [...args, suite, folder, await mirrorOfHost()], {
    environment: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
  });
}

async function mirrorOfHost(): Promise<string> {
  const format = "$(LABEL) $(COMPONENT) $(REPO_URI)";
  const targets = await runProgram("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  const mirrors = targets.split("\n").flatMap((line) => /^Debian main (\S+)$/.exec(line)?.[1] ?? []);
  const [first] = mirrors;
  if (first === undefined)
    throw new Error("this machine's apt has no mirror of Debian, from which a tree could be made");
  return first;
}
