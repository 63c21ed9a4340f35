import { createReadStream } from "node:fs";
import type { FastifyReply } from "fastify";
import { writeBackup } from "../backup/node-backup.ts";
import type { CallContext, Services } from "./services.ts";

/** Answers with a backup as bytes. What was made for it is gone when the answer is over. */
export async function sendBackup(
  services: Services,
  { actor }: CallContext,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { world, home, store, events } = services;
  const { path, bytes, sha256 } = await writeBackup({ world, home, store });
  store.facts.set("backupMicros", String(world.clock.wallMicros()));
  events.add(actor, {
    severity: "info",
    kind: "backup-made",
    subject: null,
    message: "A backup was made.",
    detail: { bytes, sha256 },
  });
  const stream = createReadStream(path);
  stream.once("close", () => {
    // It is swept at the next backup or start when this fails.
    world.files.remove(path).catch(() => undefined);
  });
  return reply
    .header("content-type", "application/octet-stream")
    .header("content-length", bytes)
    .header("x-leeward-sha256", sha256)
    .send(stream);
}
