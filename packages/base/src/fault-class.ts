import { type Fault, isFault } from "./fault.ts";

/** What a fault means to whoever asked for something; exit codes and the API's statuses follow from it. */
export type FaultClass = "failed" | "usage" | "not-found" | "refused" | "unreachable" | "timed-out" | "corrupt";

/** Exit codes of every command, as `--help` says them. */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  usage: 2,
  "not-found": 3,
  refused: 4,
  unreachable: 5,
  "timed-out": 6,
  corrupt: 7,
} as const satisfies Record<FaultClass | "done", number>;

/** Codes whose class their kind and ending do not tell. */
const CLASS_BY_CODE: Readonly<Record<string, FaultClass>> = {
  "usage-refused": "usage",
  "setting-unknown": "usage",
  "body-too-large": "usage",
  "point-in-gap": "not-found",
  "peer-lost": "unreachable",
  "peer-silent": "unreachable",
  "certificate-invalid": "refused",
  "token-invalid": "refused",
  "server-untrusted": "refused",
};

/** Endings that tell the class by themselves, where the fault waits for a person. */
const CLASS_BY_OPERATOR_ENDING: readonly (readonly [string, FaultClass])[] = [
  ["-invalid", "usage"],
  ["-unknown", "not-found"],
  ["-missing", "not-found"],
  ["-not-found", "not-found"],
];

const CLASS_BY_ENDING: readonly (readonly [string, FaultClass])[] = [
  ["-unreachable", "unreachable"],
  ["-offline", "unreachable"],
  ["-timed-out", "timed-out"],
  ["-timeout", "timed-out"],
];

/**
 * The class of a fault: by its code where the table names it, else by the ending that codes share (`…-unknown` is not found,
 * `…-invalid` is usage, `…-offline` is unreachable), else by its kind.
 */
export function classOf(fault: Pick<Fault, "code" | "kind">): FaultClass {
  const byCode = CLASS_BY_CODE[fault.code];
  if (byCode !== undefined) return byCode;
  const endings = fault.kind === "operator" ? [...CLASS_BY_ENDING, ...CLASS_BY_OPERATOR_ENDING] : CLASS_BY_ENDING;
  const byEnding = endings.find(([ending]) => fault.code.endsWith(ending));
  if (byEnding !== undefined) return byEnding[1];
  if (fault.kind === "corruption") return "corrupt";
  return fault.kind === "operator" || fault.kind === "discontinuity" ? "refused" : "failed";
}

/** The exit code of a command that ended with `error`: 1 for whatever is not a Fault. */
export function exitCodeOf(error: unknown): number {
  return isFault(error) ? EXIT_CODES[classOf(error)] : EXIT_CODES.failed;
}
