import { MemoryPageBlob } from "./testing/memory-page-blob.ts";
import { pageBlobSuite } from "./testing/page-blob-suite.ts";

pageBlobSuite({
  name: "memory",
  open: async () => {
    const blob = new MemoryPageBlob();
    return [blob, blob.again()];
  },
  content: async (blob, snapshot) => {
    if (!(blob instanceof MemoryPageBlob)) throw new Error("it is one in memory");
    return blob.content(snapshot);
  },
});
