import { pipeline, Readable } from "node:stream";
import { anySignal, orAborted } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { Client, ClientChannel } from "ssh2";
import { SAID_CHARACTERS_MAX } from "../limits.ts";
import { connectionLost, stepTimedOut } from "../push-faults.ts";
import type { ShellCommand, ShellResult } from "./secure-shell.ts";

interface Around {
  readonly host: string;
  readonly clock: Clock;
  /** Aborts also when the connection is lost. */
  readonly signal: AbortSignal;
}

/** Runs one command to its end. What it says beyond what is kept is read and passed over, so that it never waits for us. */
export async function runCommand(client: Client, command: ShellCommand, around: Around): Promise<ShellResult> {
  const { host, clock } = around;
  const over = new AbortController();
  const late = new AbortController();
  const limit = clock
    .sleep(command.limitMs, over.signal)
    .then(() => late.abort(stepTimedOut(host, command.what, command.limitMs / 1_000)));
  limit.catch(() => undefined);
  const signal = anySignal([around.signal, late.signal]);
  let begun: Begun | undefined;
  try {
    begun = await orAborted(beginning(client, command.command, host), signal);
    const [result] = await orAborted(Promise.all([begun.result, fed(begun.channel, command.input)]), signal);
    return result;
  } finally {
    over.abort();
    begun?.channel.destroy();
  }
}

interface Begun {
  readonly channel: ClientChannel;
  readonly result: Promise<ShellResult>;
}

/** It is listened to from the very first: a quick command ends in the same packet that says that it began. */
async function beginning(client: Client, command: string, host: string): Promise<Begun> {
  const { promise, resolve, reject } = Promise.withResolvers<Begun>();
  client.exec(command, (error, channel) => {
    if (error !== undefined) return reject(connectionLost(host, error.message));
    resolve({ channel, result: unlost(resultOf(channel, host)) });
  });
  return promise;
}

/** That it fails is told when it is waited for. */
function unlost<T>(result: Promise<T>): Promise<T> {
  result.catch(() => undefined);
  return result;
}

function resultOf(channel: ClientChannel, host: string): Promise<ShellResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ShellResult>();
  let code: number | null | undefined;
  const stdout = kept(channel);
  const stderr = kept(channel.stderr);
  channel.on("exit", (given: number | null) => {
    code = given;
  });
  channel.on("close", () => {
    if (code === undefined) reject(connectionLost(host, "a command ended without a word"));
    else resolve({ code, stdout: stdout(), stderr: stderr() });
  });
  return promise;
}

function kept(stream: Readable): () => string {
  const decoder = new TextDecoder();
  let text = "";
  stream.on("data", (bytes: Uint8Array) => {
    if (text.length < SAID_CHARACTERS_MAX) text += decoder.decode(bytes, { stream: true });
  });
  return () => text.slice(0, SAID_CHARACTERS_MAX);
}

/** A command may end without having read what it is given; what the input itself throws is told. */
async function fed(channel: ClientChannel, input: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  if (input === undefined) {
    channel.end();
    return;
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const readable = Readable.from(input, { objectMode: false });
  readable.on("error", reject);
  pipeline(readable, channel, () => resolve());
  return promise;
}
