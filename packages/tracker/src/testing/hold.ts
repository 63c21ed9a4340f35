// A process that freezes what is mounted at its second argument, says so, and then does as its first one says. With "word" it calls `thaw` at
// the first line that it is sent, with "stand" its main thread stands still.
import { nodeFreezer } from "../freeze/node-freezer.ts";
import { mountsNow } from "../freeze/node-open-mount.ts";

const [how, mountPoint, boundMs] = process.argv.slice(2);
const found = mountsNow("/proc").find((mount) => mount.mountPoint === mountPoint);
if (found === undefined) throw new Error(`nothing is mounted at ${mountPoint}`);
const freezer = nodeFreezer();
const held = await freezer.freeze([found], Number(boundMs));
process.stdout.write("frozen\n");
if (how === "stand") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
process.stdin.once("data", () => void answer());

async function answer(): Promise<void> {
  process.stdout.write(`${JSON.stringify(await held.thaw())}\n`);
  process.exit(0);
}
