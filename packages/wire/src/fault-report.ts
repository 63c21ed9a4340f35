import { Fault, type FaultDetail, remedyOnPage } from "@leeward/base";
import type { FaultReport } from "@leeward/proto";

const MESSAGE_CHARACTERS_MAX = 2_000;
const DETAILS_MAX = 32;

/** A fault as it travels. Its cause stays here: it may name what is not the peer's business. */
export function reportOfFault(fault: Fault): FaultReport {
  const detail: Record<string, string> = {};
  for (const [key, value] of Object.entries(fault.detail).slice(0, DETAILS_MAX)) {
    detail[key.slice(0, 64)] = String(value).slice(0, MESSAGE_CHARACTERS_MAX);
  }
  const shortened = (text: string): string => text.slice(0, MESSAGE_CHARACTERS_MAX);
  const { code, kind, message, remedy } = fault;
  return { code, kind, message: shortened(message), remedy: shortened(remedy), detail };
}

/** A peer's fault as one of ours, with its code, kind and remedy; `from` says for people where it comes from. */
export function faultOfReport(report: FaultReport, from: string): Fault {
  const detail: FaultDetail = { ...report.detail, from };
  const { code, kind, remedy } = report;
  const message = `${from} says: ${report.message}`;
  return new Fault({ code, kind, message, remedy: remedy === "" ? remedyOnPage(code) : remedy, detail });
}
