// Command lines of Windows. A process there gets one text and cuts it up by itself, nearly all of them as CommandLineToArgvW and Microsoft's C library do: quotes hold
// an argument together, and backslashes count only before a quote, where two stand for one («Parsing C++ command-line arguments»).

/** One argument as it stands in a command line. */
export function quotedArgument(argument: string): string {
  if (/^[^\s"]+$/.test(argument)) return argument;
  const escaped = argument.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1");
  return `"${escaped}"`;
}

/** A command line that is cut up into just these arguments. */
export function commandLine(args: readonly string[]): string {
  return args.map(quotedArgument).join(" ");
}
