// The promise of the whole, on real processes, TLS, files and NBD: whatever is killed or cut, every recovery point is explained by what the
// writers know. The oracle reads nothing that Leeward wrote but the recovered disks.
import { after, before, describe, test } from "node:test";
import { pointContent } from "../harness/point-content.ts";
import { OracleScene, type ReadPoint } from "./oracle-scene.ts";

const WRITE_MS = 60_000;
const POINTS_CHECKED = 20;

describe("every recovery point, while everything is killed and cut in turn", () => {
  let scene: OracleScene;

  before(async () => {
    scene = await OracleScene.start({ pointsMin: POINTS_CHECKED });
  });
  after(() => scene.close());

  test("writers write for a minute while daemons are killed and wires cut", () => scene.writeWhileDisturbed(WRITE_MS));

  test("each barrier is the disks, byte for byte", async (context) => {
    context.diagnostic(`${await scene.checkBarriers(recovered)} barriers equal the disks`);
  });

  test(`${POINTS_CHECKED} points at random are each explained by one order of the operations`, async (context) => {
    const made = await scene.checkPoints(POINTS_CHECKED, recovered);
    context.diagnostic(`${POINTS_CHECKED} of ${made} points explained, ${scene.operations} operations`);
  });

  const recovered: ReadPoint = (point, { id }) =>
    pointContent(scene.client, { machine: scene.chain.machine, disk: id, point });
});
