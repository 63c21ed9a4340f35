// The way of a simulated daemon to the config server: the control session that real ones have, on the simulated network.
import { AssertionFailure } from "@leeward/base";
import {
  type CertificateKeeper,
  ControlSession,
  type ControlSessionOptions,
  type PlanKind,
  silentTrace,
} from "@leeward/daemon";
import type { Life } from "./node-kit.ts";

export const CONTROL_ENDPOINT = { host: "config-server", port: 443 };

/** Told of what a daemon does because the config server said so. */
export interface Effects {
  begun(what: string): void;
  /** It is done, and whoever waits for the answer has none yet. */
  done(what: string): void;
}

const NO_EFFECTS: Effects = { begun: () => undefined, done: () => undefined };

/** Certificates have tests of their own; here they hold for ever. */
const LASTING: CertificateKeeper = {
  createRequest: notHere,
  install: notHere,
  installRevocationList: async () => false,
  renewalDue: () => false,
  outOfTime: () => false,
  installTrust: notHere,
  trusted: { authorities: [], issuer: "" },
};

export async function openControl<K extends PlanKind>(
  { world, network, bootId }: Life,
  {
    effects = NO_EFFECTS,
    ...options
  }: Pick<ControlSessionOptions<K>, "home" | "planKind" | "epoch" | "apply" | "status" | "answer"> & {
    readonly effects?: Effects;
  },
): Promise<ControlSession<K>> {
  return ControlSession.open({
    ...options,
    world,
    network,
    bootId,
    trace: silentTrace,
    keyStore: LASTING,
    servers: [CONTROL_ENDPOINT],
    softwareVersion: "sim",
    async apply(plan, signal) {
      effects.begun("plan");
      await options.apply(plan, signal);
      effects.done("plan");
    },
    async answer(body, signal) {
      effects.begun(body.kind);
      const answer = await options.answer(body, signal);
      effects.done(body.kind);
      return answer;
    },
  });
}

function notHere(): Promise<never> {
  throw new AssertionFailure("no certificate is renewed in simulation");
}
