import { Fault } from "@leeward/base";

export function inconsistent(what: string): Fault {
  return new Fault({
    code: "manifest-inconsistent",
    kind: "corruption",
    message: `The manifest contradicts itself: ${what}.`,
  });
}
