// The power of a machine fails. See power-cut-suite.ts for what is asked for.
import { peer } from "@leeward/nbd/testing";
import { powerCutSuite } from "../guest/power-cut-suite.ts";
import { withoutLoopDisks } from "../harness/loop-disk.ts";
import { FailingHost } from "./failing-host.ts";

const CUTS = Number(process.env["LEEWARD_POWER_CUTS"] ?? 2);
const skip = [withoutLoopDisks(), peer("nbdfuse").skip, peer("unshare").skip].find((each) => each !== false) ?? false;

powerCutSuite("a machine", { cuts: CUTS, skip, make: () => FailingHost.make() });
