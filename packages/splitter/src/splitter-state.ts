import { type Fault, unreachable } from "@leeward/base";
import type { SpanReason } from "@leeward/proto";

/** A span that has begun and not ended, and how far it is. */
export interface OpenSpan {
  readonly spanId: string;
  readonly reason: SpanReason;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

interface Spans {
  /** Whole disk: `initial` or `resync`. */
  readonly copy?: OpenSpan;
  /** From the change bitmap: `catch-up` or `recovery`. */
  readonly catchUp?: OpenSpan;
}

/**
 * What a splitter can say of its disk's history.
 *
 * - `initial`: the first copy of the whole disk is under way.
 * - `protected`: the log is whole; points can be made.
 * - `reduced`: changes are logged again, and what was missed is being copied; points can be made when that has ended.
 * - `gap`: changes go to the bitmap; no points.
 * - `resync`: the whole disk has to be copied again, or is being copied.
 * - `stopped`: closed; or, with a fault, changes cannot even be noted: the disk is served, and has to be copied again as a whole.
 */
export type SplitterState =
  | { readonly kind: "initial"; readonly copy: OpenSpan }
  | { readonly kind: "protected" }
  | ({ readonly kind: "reduced"; readonly catchUp: OpenSpan } & Pick<Spans, "copy">)
  | ({ readonly kind: "gap"; readonly fault: Fault } & Spans)
  | { readonly kind: "resync"; readonly copy: OpenSpan }
  | ({ readonly kind: "stopped"; readonly fault?: Fault } & Spans);

export type SplitterEvent =
  | { readonly kind: "copy-began"; readonly copy: OpenSpan }
  | { readonly kind: "copy-advanced"; readonly doneBytes: number }
  | { readonly kind: "copy-ended" }
  | { readonly kind: "log-lost"; readonly fault: Fault }
  | { readonly kind: "log-regained" }
  | { readonly kind: "catch-up-began"; readonly catchUp: OpenSpan }
  | { readonly kind: "catch-up-advanced"; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly kind: "catch-up-ended" }
  | { readonly kind: "tracking-lost"; readonly fault: Fault }
  | { readonly kind: "tracking-regained"; readonly fault: Fault }
  | { readonly kind: "closed" };

/** The state after the event. */
export function transition(state: SplitterState, event: SplitterEvent): SplitterState {
  const spans = spansOf(state);
  switch (event.kind) {
    case "copy-began":
      return withSpans(state, { ...spans, copy: event.copy });
    case "copy-advanced":
      return spans.copy === undefined
        ? state
        : withSpans(state, { ...spans, copy: { ...spans.copy, doneBytes: event.doneBytes } });
    case "copy-ended":
      return withSpans(state, without(spans, "copy"));
    case "log-lost":
      return state.kind === "stopped" ? state : { kind: "gap", fault: event.fault, ...spans };
    case "log-regained":
      return state.kind === "stopped" ? state : logging(spans);
    case "catch-up-began":
      return state.kind === "stopped" ? state : logging({ ...spans, catchUp: event.catchUp });
    case "catch-up-advanced": {
      if (spans.catchUp === undefined) return state;
      const { doneBytes, totalBytes } = event;
      return withSpans(state, { ...spans, catchUp: { ...spans.catchUp, doneBytes, totalBytes } });
    }
    case "catch-up-ended":
      return withSpans(state, without(spans, "catchUp"));
    case "tracking-lost":
      return { kind: "stopped", fault: event.fault, ...spans };
    case "tracking-regained":
      return { kind: "gap", fault: event.fault, ...spans };
    case "closed":
      return { kind: "stopped", ...spans };
    default:
      return unreachable(event);
  }
}

export function spansOf(state: SplitterState): Spans {
  switch (state.kind) {
    case "protected":
      return {};
    case "initial":
    case "resync":
      return { copy: state.copy };
    case "reduced":
    case "gap":
    case "stopped": {
      const { copy, catchUp } = { catchUp: undefined, ...state };
      return { ...(copy === undefined ? {} : { copy }), ...(catchUp === undefined ? {} : { catchUp }) };
    }
    default:
      return unreachable(state);
  }
}

/** While the log takes every change, the open spans say the rest. */
function logging(spans: Spans): SplitterState {
  const { copy, catchUp } = spans;
  if (catchUp !== undefined) return { kind: "reduced", catchUp, ...(copy === undefined ? {} : { copy }) };
  if (copy === undefined) return { kind: "protected" };
  return { kind: copy.reason === "initial" ? "initial" : "resync", copy };
}

function withSpans(state: SplitterState, spans: Spans): SplitterState {
  switch (state.kind) {
    case "gap":
      return { kind: "gap", fault: state.fault, ...spans };
    case "stopped":
      return { kind: "stopped", ...(state.fault === undefined ? {} : { fault: state.fault }), ...spans };
    case "initial":
    case "protected":
    case "reduced":
    case "resync":
      return logging(spans);
    default:
      return unreachable(state);
  }
}

function without(spans: Spans, gone: keyof Spans): Spans {
  const { copy, catchUp } = spans;
  return gone === "copy" ? (catchUp === undefined ? {} : { catchUp }) : copy === undefined ? {} : { copy };
}
