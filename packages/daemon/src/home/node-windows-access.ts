const SE_FILE_OBJECT = 1;
const OWNER_AND_LIST = 5;
const SDDL_REVISION = 1;

/** On Windows, the owner and access list of a file or folder as text (SDDL); undefined where they cannot be read. */
export async function accessOf(path: string): Promise<string | undefined> {
  const { default: koffi } = await import("koffi");
  const library = koffi.load("advapi32.dll");
  const read: (...args: readonly unknown[]) => number = library.func(
    "uint32_t __stdcall GetNamedSecurityInfoW(str16 path, int kind, uint32_t what, void *owner, void *group, void *list, void *audit, _Out_ uintptr_t *descriptor)",
  );
  const write: (...args: readonly unknown[]) => number = library.func(
    "int __stdcall ConvertSecurityDescriptorToStringSecurityDescriptorW(uintptr_t descriptor, uint32_t revision, uint32_t what, _Out_ uintptr_t *text, void *length)",
  );
  const free: (memory: number | bigint) => unknown = koffi
    .load("kernel32.dll")
    .func("uintptr_t __stdcall LocalFree(uintptr_t memory)");
  const descriptor: (number | bigint)[] = [0];
  const path16 = path.replaceAll("/", "\\");
  if (read(path16, SE_FILE_OBJECT, OWNER_AND_LIST, null, null, null, null, descriptor) !== 0) return undefined;
  const [held = 0] = descriptor;
  try {
    const text: (number | bigint)[] = [0];
    if (write(held, SDDL_REVISION, OWNER_AND_LIST, text, null) === 0) return undefined;
    const [at = 0] = text;
    try {
      const said: unknown = koffi.decode.string16(at);
      return typeof said === "string" ? said : undefined;
    } finally {
      free(at);
    }
  } finally {
    free(held);
  }
}
