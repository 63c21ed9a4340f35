import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@leeward/base";
import { unexplained } from "./explain.ts";
import { History, type Operation } from "./history.ts";
import { fillSector, readSector, SECTOR_BYTES } from "./sector.ts";

const SECTORS = 16;

/** A disk that applies operations whole, in the order of the calls. */
class ModelDisk {
  readonly bytes = Buffer.alloc(SECTORS * SECTOR_BYTES);
  readonly disk: number;

  constructor(disk = 0) {
    this.disk = disk;
  }

  apply(operation: Operation): void {
    for (let index = operation.sector; index < operation.sector + operation.sectors; index += 1) {
      const target = this.bytes.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES);
      if (operation.kind === "zero") target.fill(0);
      else fillSector(target, { disk: this.disk, index, operation: operation.number });
    }
  }
}

function write(history: History, sector: number, sectors: number, disk = 0): Operation {
  return history.submit({ disk, kind: "write", sector, sectors });
}

describe("a sector of the oracle", () => {
  test("says who wrote it, and a flipped bit or a wrong place is noticed", () => {
    const sector = Buffer.alloc(SECTOR_BYTES);
    fillSector(sector, { disk: 1, index: 5, operation: 77 });
    assert.deepEqual(readSector(sector, { disk: 1, index: 5 }), { kind: "written", operation: 77 });
    assert.equal(readSector(sector, { disk: 1, index: 6 }).kind, "broken");
    sector[300] = (sector[300] ?? 0) ^ 1;
    assert.equal(readSector(sector, { disk: 1, index: 5 }).kind, "broken");
    assert.equal(readSector(Buffer.alloc(SECTOR_BYTES), { disk: 1, index: 5 }).kind, "zero");
  });
});

describe("the explanation of a point", () => {
  test("accepts every interleaving that could have happened", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = seededRandom(seed);
      const history = new History();
      const disks = [new ModelDisk(0), new ModelDisk(1)];
      const inFlight: Operation[] = [];
      let interval = { requested: 0, returned: 0 };
      let recovered: Buffer[] = [];
      for (let step = 0; step < 120; step += 1) {
        if (random.below(2) === 0 || inFlight.length === 0) {
          const sector = random.below(SECTORS - 4);
          inFlight.push(
            history.submit({
              disk: random.below(2),
              kind: random.below(4) === 0 ? "zero" : "write",
              sector,
              sectors: 1 + random.below(4),
            }),
          );
        } else {
          const [done] = inFlight.splice(random.below(inFlight.length), 1);
          if (done === undefined) continue;
          disks[done.disk]?.apply(done);
          history.acknowledge(done);
        }
        if (step === 80) {
          const requested = history.tick();
          recovered = disks.map((disk) => Buffer.from(disk.bytes));
          interval = { requested, returned: history.tick() };
        }
      }
      const scene = {
        operations: history.operations,
        interval,
        disks: recovered.map((bytes, disk) => ({ disk, bytes })),
      };
      assert.deepEqual(unexplained(scene), [], `seed ${seed}`);
    }
  });

  test("refuses a point that lost an acknowledged write", () => {
    const history = new History();
    const first = write(history, 0, 2);
    history.acknowledge(first);
    const second = write(history, 1, 2);
    history.acknowledge(second);
    const disk = new ModelDisk();
    disk.apply(first);
    const interval = { requested: history.tick(), returned: history.tick() };
    assert.match(
      unexplained({ operations: history.operations, interval, disks: [disk] })[0] ?? "",
      /came after it|zeroes/,
    );
  });

  test("refuses a point with a write that was submitted after it returned", () => {
    const history = new History();
    const interval = { requested: history.tick(), returned: history.tick() };
    const late = write(history, 0, 1);
    const disk = new ModelDisk();
    disk.apply(late);
    assert.match(unexplained({ operations: history.operations, interval, disks: [disk] })[0] ?? "", /submitted after/);
  });

  test("refuses a point that holds an operation without what happened before it on another disk", () => {
    const history = new History();
    const requested = history.tick();
    const first = write(history, 0, 1, 0);
    history.acknowledge(first);
    const second = write(history, 0, 1, 1);
    const disks = [new ModelDisk(0), new ModelDisk(1)];
    disks[1]?.apply(second);
    const interval = { requested, returned: history.tick() };
    assert.match(unexplained({ operations: history.operations, interval, disks })[0] ?? "", /must be in/);
  });

  test("refuses overlapping writes that were torn between one another", () => {
    const history = new History();
    const requested = history.tick();
    const first = write(history, 0, 2);
    const second = write(history, 0, 2);
    history.acknowledge(first);
    history.acknowledge(second);
    const disk = new ModelDisk();
    disk.apply(first);
    const other = new ModelDisk();
    other.apply(second);
    other.bytes.copy(disk.bytes, 0, 0, SECTOR_BYTES);
    const interval = { requested, returned: history.tick() };
    assert.match(unexplained({ operations: history.operations, interval, disks: [disk] })[0] ?? "", /no order/);
  });

  test("refuses zeroes where a write must be", () => {
    const history = new History();
    const zero = history.submit({ disk: 0, kind: "zero", sector: 0, sectors: 4 });
    history.acknowledge(zero);
    const later = write(history, 1, 1);
    history.acknowledge(later);
    const disk = new ModelDisk();
    const interval = { requested: history.tick(), returned: history.tick() };
    assert.match(unexplained({ operations: history.operations, interval, disks: [disk] })[0] ?? "", /reads as zeroes/);
  });
});
