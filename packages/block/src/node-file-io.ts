import { read, readSync, write, writeSync } from "node:fs";
import { MiB } from "@leeward/base";
import { AlignedBuffers, isAligned } from "@leeward/world";

const DIRECT_BUFFERS = 4;
const DIRECT_BUFFER_BYTES = MiB;

/** How bytes come from and go to an open file. Each call moves all of them or throws the system's error. */
export interface FileIo {
  read(fd: number, position: number, target: Uint8Array): Promise<void>;
  write(fd: number, position: number, data: Uint8Array): Promise<void>;
}

/** On the calling thread: cheaper for small buffered I/O, and only right where nothing else needs the event loop. */
export function readInline(fd: number, position: number, target: Uint8Array): void {
  let done = 0;
  while (done < target.length) {
    const got = readSync(fd, target, done, target.length - done, position + done);
    if (got === 0) throw endOfFile();
    done += got;
  }
}

/** As `readInline`. */
export function writeInline(fd: number, position: number, data: Uint8Array): void {
  let done = 0;
  while (done < data.length) done += writeSync(fd, data, done, data.length - done, position + done);
}

/** On Node's thread pool. */
export const pooledIo: FileIo = {
  async read(fd, position, target) {
    let done = 0;
    while (done < target.length) {
      const got = await readOnce(fd, target.subarray(done), position + done);
      if (got === 0) throw endOfFile();
      done += got;
    }
  },
  async write(fd, position, data) {
    let done = 0;
    while (done < data.length) done += await writeOnce(fd, data.subarray(done), position + done);
  },
};

/** For a file opened with O_DIRECT: memory that is not on a page goes through a few buffers that are. */
export function directIo(): FileIo {
  const buffers = new AlignedBuffers({ count: DIRECT_BUFFERS, bytes: DIRECT_BUFFER_BYTES });
  return {
    async read(fd, position, target) {
      if (isAligned(target)) return pooledIo.read(fd, position, target);
      for (let done = 0; done < target.length; done += DIRECT_BUFFER_BYTES) {
        const part = target.subarray(done, done + DIRECT_BUFFER_BYTES);
        await buffers.lend(async (buffer) => {
          const aligned = buffer.subarray(0, part.length);
          await pooledIo.read(fd, position + done, aligned);
          part.set(aligned);
        });
      }
    },
    async write(fd, position, data) {
      if (isAligned(data)) return pooledIo.write(fd, position, data);
      for (let done = 0; done < data.length; done += DIRECT_BUFFER_BYTES) {
        const part = data.subarray(done, done + DIRECT_BUFFER_BYTES);
        await buffers.lend(async (buffer) => {
          buffer.set(part);
          await pooledIo.write(fd, position + done, buffer.subarray(0, part.length));
        });
      }
    },
  };
}

function readOnce(fd: number, target: Uint8Array, position: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  read(fd, target, 0, target.length, position, (error, got) => (error === null ? resolve(got) : reject(error)));
  return promise;
}

function writeOnce(fd: number, data: Uint8Array, position: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  write(fd, data, 0, data.length, position, (error, got) => (error === null ? resolve(got) : reject(error)));
  return promise;
}

/** The disk was shrunk under us. */
function endOfFile(): Error {
  return Object.assign(new Error("the disk ends before the extent does"), { code: "ENXIO" });
}
