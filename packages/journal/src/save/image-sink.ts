// A point as an image that hypervisors take. QEMU writes and reads the format; we hand it the disk, and believe nothing that was not read back.
//
//   FOLDER/.NAME.ID.partial/NAME   create ─► written through qemu-nbd, closed ─► checked ─► read back, SHA-256 compared ─► fsync ─► renamed
//
// It carries its final name from the start, since a VMDK names itself inside. A crash leaves the folder, whose name says what it is.
import { assert, Fault, KiB, randomId } from "@leeward/base";
import type { World } from "@leeward/world";
import { hashDevice } from "./disk-hash.ts";
import { factsOf, requireHolds, type ToolFormat } from "./image-format.ts";
import { runTool, type ServedImage, servedImage } from "./node-image-tool.ts";
import { folderMissing, type SaveSink, targetExists } from "./save-sink.ts";

/** What of a fresh image is zero is not written, in pieces of so many bytes: so it stays as small as its content. */
const GRAIN_BYTES = 64 * KiB;
const ZEROES = new Uint8Array(GRAIN_BYTES);

interface Placed {
  readonly offset: number;
  readonly data: Uint8Array;
}

/**
 * An image at `folder/name`, written aside and renamed when it was read back and found equal.
 * @throws Fault `save-folder-missing`, `save-target-exists`, `save-format-unsuitable`, `image-tool-missing`, `image-tool-failed`; its `finish` also `image-differs`
 */
export async function imageSink(
  world: World,
  target: {
    readonly folder: string;
    readonly name: string;
    readonly force: boolean;
    readonly format: ToolFormat;
    readonly sizeBytes: number;
  },
  signal: AbortSignal,
): Promise<SaveSink> {
  const { folder, name, force, format, sizeBytes } = target;
  const { driver, options } = factsOf(format);
  const path = `${folder}/${name}`;
  requireHolds(format, sizeBytes);
  if ((await world.files.status(folder))?.kind !== "folder") throw folderMissing(folder);
  if (!force && (await world.files.status(path)) !== undefined) throw targetExists(path);
  const aside = `${folder}/.${name}.${randomId(world.random)}.partial`;
  const image = `${aside}/${name}`;
  let served: ServedImage | undefined;
  const abandon = async (): Promise<void> => {
    await served?.kill();
    await world.files.removeFolder(aside);
  };
  try {
    await world.files.makeFolder(aside);
    await runTool("qemu-img", ["create", "-q", "-f", driver, "-o", options, image, String(sizeBytes)], signal);
    served = await servedImage(world.clock, { path: image, driver, readOnly: false }, signal);
    requireSize(served, target, sizeBytes);
  } catch (error) {
    await abandon();
    throw error;
  }
  const writing = served;
  return {
    readsBack: true,
    async write(offset, data) {
      for (const part of withoutZeroes(offset, data))
        await writing.device.write(part.offset, part.data, { fua: false });
    },
    async zero() {
      // A fresh image reads as zeroes.
    },
    async finish({ bytes, sha256 }, { done }) {
      assert(bytes === sizeBytes, "the disk keeps its size while it is saved");
      await writing.device.flush();
      await writing.close();
      if (factsOf(format).checked) await runTool("qemu-img", ["check", "-q", "-f", driver, image], signal);
      served = await servedImage(world.clock, { path: image, driver, readOnly: true }, signal);
      requireSize(served, target, sizeBytes);
      const found = await hashDevice(served.device, { signal, done });
      if (found !== sha256) throw differs(target, "it does not read back as what was written");
      await served.close();
      await keep(world, { aside, image, folder, path });
    },
    abandon,
  };
}

async function keep(
  { files }: World,
  { aside, image, folder, path }: Readonly<Record<"aside" | "image" | "folder" | "path", string>>,
): Promise<void> {
  {
    await using handle = await files.open(image, "update");
    await handle.datasync();
  }
  await files.rename(image, path);
  await files.removeFolder(aside);
  await files.syncFolder(folder);
}

/** The parts of `data` that are not zero, in grains of the disk, joined where they touch. */
function* withoutZeroes(offset: number, data: Uint8Array): Generator<Placed> {
  let begun: number | undefined;
  for (let at = 0; at < data.length; ) {
    const end = Math.min(data.length, at + GRAIN_BYTES - ((offset + at) % GRAIN_BYTES));
    const grain = data.subarray(at, end);
    const zero = Buffer.compare(grain, ZEROES.subarray(0, grain.length)) === 0;
    if (zero && begun !== undefined) {
      yield { offset: offset + begun, data: data.subarray(begun, at) };
      begun = undefined;
    } else if (!zero) begun ??= at;
    at = end;
  }
  if (begun !== undefined) yield { offset: offset + begun, data: data.subarray(begun) };
}

function requireSize(
  { device }: ServedImage,
  target: { readonly folder: string; readonly name: string; readonly format: string },
  sizeBytes: number,
): void {
  if (device.sizeBytes === sizeBytes) return;
  throw differs(target, `the disk in it has ${device.sizeBytes} bytes and not ${sizeBytes}`);
}

function differs({ folder, name, format }: Readonly<Record<"folder" | "name" | "format", string>>, how: string): Fault {
  return new Fault({
    code: "image-differs",
    kind: "corruption",
    message: `The ${format} image for ${folder}/${name} is not the disk: ${how}. It was removed.`,
    remedy: "Check the disk and the memory of this machine and the release of QEMU; saving as raw needs no QEMU.",
    detail: { format },
  });
}
