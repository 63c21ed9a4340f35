import { Fault } from "@leeward/base";
import { operator } from "../operator-fault.ts";

export const pushUnknown = (id: string): Fault =>
  operator(
    "push-unknown",
    `There is no push ${JSON.stringify(id)}.`,
    "See `leeward machine pushes`; the oldest are forgotten.",
  );

export const pushHostBusy = (host: string, id: string): Fault =>
  operator(
    "push-host-busy",
    `The push ${id} of ${host} has not ended.`,
    "Wait until it has, or cancel its job: `leeward job list`, `leeward job cancel`.",
  );

export const pushServerUnnamed = (): Fault =>
  operator(
    "push-server-unnamed",
    "It is not known under which name machines reach the config server.",
    "Say it with `--server https://NAME:PORT`, or start the server with `--advertise NAME`.",
  );

export const pushProcessServerNone = (): Fault =>
  operator(
    "push-process-server-none",
    "There is no process server that could push, or none that says where agents reach it.",
    "Enrol and start one near to the machines: `leeward token create --role process-server`.",
  );

export const pushProcessServerAway = (name: string): Fault =>
  new Fault({
    code: "push-process-server-offline",
    kind: "transient",
    message: `The process server ${name} has no session to the config server.`,
    remedy: "Start it, and see that it reaches this server; then push again.",
    detail: { processServer: name },
  });

export const pushInterrupted = (): Fault =>
  new Fault({
    code: "push-interrupted",
    kind: "transient",
    message: "The config server was stopped while the machine was being changed; that was taken back.",
    remedy: "Push the machine again.",
  });

export const pushAgentSilent = (host: string, seconds: number): Fault =>
  operator(
    "push-agent-silent",
    `The agent of ${host} was installed and started, and was not heard of within ${seconds} s.`,
    "Look at what it says there (`journalctl -u leeward-agent`), and at firewalls between it and the config server.",
  );

export const pushAgentOlder = (host: string, found: string, wanted: string): Fault =>
  operator(
    "push-agent-not-upgraded",
    `The agent of ${host} has the version ${found || "(unknown)"} after its upgrade, and not ${wanted}.`,
    "Look at what it says there (`journalctl -u leeward-agent`).",
  );

export const pushLoginMissing = (): Fault =>
  operator(
    "push-credentials-invalid",
    "Neither a password nor a private key was given to log in with.",
    "Give `--password-file` or `--key`.",
  );
