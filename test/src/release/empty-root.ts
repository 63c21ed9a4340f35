// A root in which there is nothing but an unpacked package, a shell for its script, and the C library with what belongs to it: what a program asks for that is not in its package, it
// does not find. Entered in a mount namespace of its own, which goes with the process.
import { chmod, copyFile, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runProgram } from "../guest/program.ts";

const PROGRAMS = ["/bin/sh", "/usr/bin/dirname", "/usr/bin/readlink"];
const MERGED = ["bin", "lib", "lib64", "sbin"];

/** Makes the root around what is in it already; returns a script that runs `program` of it with this machine's own `shared` folder. */
export async function enterableRoot(root: string, program: string, shared: string): Promise<string> {
  for (const name of MERGED) {
    await mkdir(join(root, "usr", name), { recursive: true });
    await symlink(`usr/${name}`, join(root, name));
  }
  for (const name of ["proc", "sys", "dev", "etc", shared]) await mkdir(join(root, name), { recursive: true });
  await writeFile(join(root, "etc/hosts"), "127.0.0.1 localhost\n");
  const installed = join(root, dirname(program));
  const native = (await readdir(installed, { recursive: true })).filter((path) => /\.node$|^bin\/node$/.test(path));
  const linked = [...PROGRAMS, ...native.map((path) => join(installed, path))];
  for (const file of [...PROGRAMS, ...(await librariesOf(linked))]) await put(root, file);
  const script = join(root, "enter");
  const binds = ["proc", "sys", "dev", shared.slice(1)].map((name) => `mount --rbind /${name} ${root}/${name}`);
  const inside = `exec env HOME=${shared} NODE_COMPILE_CACHE=${shared}/compile-cache chroot ${root} ${program} "$@"`;
  await writeFile(script, `#!/bin/sh\nexec unshare --mount sh -ec '${[...binds, inside].join("; ")}' sh "$@"\n`);
  await chmod(script, 0o755);
  return script;
}

async function librariesOf(programs: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const program of programs) {
    const said = await runProgram("ldd", [program]);
    for (const match of said.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)) found.add(match[1] ?? "");
  }
  return [...found];
}

async function put(root: string, file: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await copyFile(file, join(root, file));
  await chmod(join(root, file), 0o755);
}
