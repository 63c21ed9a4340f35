import { existsSync, mkdirSync, statfsSync } from "node:fs";

/** What the kernel offers as file systems, where they belong and how they are told (statfs). */
const MOUNTS = {
  bpf: { path: "/sys/fs/bpf", magic: 0xcafe4a11 },
  tracefs: { path: "/sys/kernel/tracing", magic: 0x74726163 },
} as const;

/** Where it is mounted, by now at the latest. @throws the system's error when it is refused */
export async function mountedAt(kind: keyof typeof MOUNTS): Promise<string> {
  const { path, magic } = MOUNTS[kind];
  if (isOf(path, magic)) return path;
  const { default: koffi } = await import("koffi");
  type Mount = (...values: [source: string, target: string, kind: string, flags: number, data: null]) => number;
  const mount: Mount = koffi.load("libc.so.6").func("mount", "int", ["str", "str", "str", "unsigned long", "void *"]);
  if (!existsSync(path)) mkdirSync(path);
  const result = mount(kind, path, kind, 0, null);
  const errno = koffi.errno();
  // Another process may have been quicker.
  if (result !== 0 && !isOf(path, magic)) throw new Error(`${path} cannot be mounted (errno ${errno})`);
  return path;
}

function isOf(path: string, magic: number): boolean {
  return existsSync(path) && statfsSync(path).type === magic;
}
