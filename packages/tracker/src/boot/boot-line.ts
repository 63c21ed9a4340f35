import { MiB } from "@leeward/base";

/*
 * What the kernel's command line has to say so that every completed request is traced from the kernel's start on, before the first file system is
 * mounted (Documentation/admin-guide/kernel-parameters.txt). Completions alone: a request that is under way when a tracker begins is seen by that
 * tracker when it completes, so what issued it adds nothing, and halves the room.
 */
const EVENT = "block_rq_complete";
const EVENT_ARGUMENT = `trace_event=block:${EVENT}`;
const SIZE = "trace_buf_size";
const SIZE_ARGUMENT = /^trace_buf_size=\d+M$/;
/** Room for each processor: some 280,000 requests in 16 MiB. Of machines with many processors each has less to do. */
const BUFFER_BYTES = { each: 16 * MiB, eachMin: MiB, total: 128 * MiB } as const;
/** What others say when they trace from the start on: together with ours, one of the two would be lost. */
const FOREIGN =
  /^(?:ftrace|trace_event|trace_buf_size|trace_clock|trace_instance|trace_trigger|trace_options|tp_printk)(?:=|$)/;

export const BOOT_TRACE_EVENT = EVENT;

/** The arguments for a machine with so many processors, and the memory that they take in all, bytes. */
export function bootTraceArguments(processors: number): { readonly args: readonly string[]; readonly bytes: number } {
  const each = Math.max(BUFFER_BYTES.eachMin, Math.min(BUFFER_BYTES.each, Math.floor(BUFFER_BYTES.total / processors)));
  const mib = Math.floor(each / MiB);
  return { args: [EVENT_ARGUMENT, `${SIZE}=${mib}M`], bytes: mib * MiB * processors };
}

/** Whether a word of the command line is one that `bootTraceArguments` gives, for however many processors. */
export function isBootTraceArgument(word: string): boolean {
  return word === EVENT_ARGUMENT || SIZE_ARGUMENT.test(word);
}

/** Whether a command line asks for our trace; `foreign` when it asks for one of somebody else's. */
export function bootTraceAsked(commandLine: string): "ours" | "foreign" | "none" {
  const found = commandLine.split(/\s+/).filter((each) => FOREIGN.test(each));
  if (found.length === 0) return "none";
  const [event, size, ...more] = found;
  const isOurs = event === EVENT_ARGUMENT && size !== undefined && SIZE_ARGUMENT.test(size);
  return isOurs && more.length === 0 ? "ours" : "foreign";
}
