import { Fault } from "@leeward/base";

export const silenceEndMissing = (): Fault =>
  new Fault({
    code: "usage-invalid",
    kind: "operator",
    message: "How long the alert is to be silenced is not said, or said twice.",
    remedy: "Give either `--for 8h` or `--until` with a time (RFC 3339).",
  });

export const thresholdInvalid = (text: string): Fault =>
  new Fault({
    code: "setting-argument-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} is no threshold, and neither yes nor no.`,
    remedy: "Thresholds are numbers in the rule's unit, or `none`; enabled is `yes` or `no`.",
    detail: { argument: text },
  });

export const channelOptionsInvalid = (kind: string, why: string): Fault =>
  new Fault({
    code: "usage-invalid",
    kind: "operator",
    message: `A channel of the kind ${kind} cannot be set so: ${why}.`,
    remedy: "See `leeward alert channel set --help`.",
  });
