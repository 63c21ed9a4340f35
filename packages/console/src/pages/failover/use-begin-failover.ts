import type { Failover, Job } from "@leeward/api";
import { useAction } from "../../api/use-answer.ts";
import type { WizardState } from "./wizard-state.ts";

/** Begins the failover that was described; undefined when it was refused, which the user has been told. */
export function useBeginFailover(machine: string) {
  const test = useAction("testFailover");
  const planned = useAction("planFailover");
  const unplanned = useAction("unplannedFailover");
  const params = { machine };
  const begin = ({ kind, at, order, force }: WizardState): Promise<{ failover: Failover; job: Job } | undefined> => {
    const forced = force ? { force: true } : {};
    switch (kind) {
      case "test":
        return test.run({ params, body: { at, ...order } });
      case "planned":
        return planned.run({ params, body: { ...order, ...forced } });
      case "unplanned":
        return unplanned.run({ params, body: { at, ...order, ...forced } });
    }
  };
  return { begin, isRunning: test.isRunning || planned.isRunning || unplanned.isRunning };
}
