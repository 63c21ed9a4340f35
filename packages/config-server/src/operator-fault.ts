import { Fault } from "@leeward/base";

/** What a person has to do something about, who reads the remedy. */
export const operator = (code: string, message: string, remedy: string): Fault =>
  new Fault({ code, kind: "operator", message, remedy });
