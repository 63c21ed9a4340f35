// Certificates made anew for members that have one already, over their session or, when it has ended, by their key alone
// (docs/decisions/0027-identity-in-daily-life.md).
//
// Invariant: a certificate is made for a key that is the member's now, and none is left in force of a member that was removed, or whose place another host
// took, while it was being made. A request proves its key, and what is made is of use to nobody else: who asks needs no other proof, and one who
// sends a copied request gains nothing.
import type { Enrolled } from "@leeward/api";
import { formatTime, MICROS_PER_SECOND } from "@leeward/base";
import { publicPemOfRequest } from "@leeward/identity";
import type { World } from "@leeward/world";
import type { EventLog } from "../events/event-log.ts";
import { hostSuperseded, memberUnknown, renewalKeyChanged, renewalTooLate } from "../faults.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { Issued, Trust } from "./trust.ts";

const SECONDS_PER_DAY = 86_400;

export interface RenewalOptions {
  readonly world: Pick<World, "clock">;
  readonly store: Pick<Store, "members" | "transaction">;
  readonly trust: Pick<Trust, "issue" | "revokeOne">;
  readonly events: EventLog;
}

/** A certificate for a member on the key that it enrolled with. @throws Fault `member-unknown`, `renewal-key-changed`, `certificate-request-invalid` */
export async function renewCertificate(
  options: RenewalOptions,
  { id }: Pick<MemberRow, "id">,
  { csrPem, address }: { readonly csrPem: string; readonly address: string | null },
): Promise<Issued> {
  const { store, trust, events } = options;
  const publicKeyPem = await publicPemOfRequest(csrPem);
  const before = keyHolder(store, { id, publicKeyPem });
  const issued = await trust.issue(csrPem, before);
  try {
    store.transaction(() => {
      const { role, name, certificateEndMicros } = keyHolder(store, { id, publicKeyPem });
      const ended = certificateEndMicros <= options.world.clock.wallMicros();
      store.members.setCertificateEnd(id, issued.endMicros);
      const when = ended ? `, which had ended at ${formatTime(certificateEndMicros)},` : "";
      const message = `The certificate of ${name}${when} was renewed.`;
      const severity = ended ? "warning" : "info";
      events.add(
        { name: `${role} ${name}`, address },
        { severity, kind: "certificate-renewed", subject: name, message },
      );
    });
  } catch (error) {
    await trust.revokeOne(issued.certificatePem);
    throw error;
  }
  return issued;
}

/**
 * The same for a member whose certificate opens no session any more.
 * @throws Fault `peer-superseded` to who had the member's place before, `renewal-too-late`, `member-unknown`, `certificate-request-invalid`
 */
export async function renewByKey(
  options: RenewalOptions & { readonly serverId: string; readonly graceDays: number },
  { id, csrPem }: { readonly id: string; readonly csrPem: string },
  address: string,
): Promise<Enrolled> {
  const { world, store, serverId, graceDays } = options;
  const publicKeyPem = await publicPemOfRequest(csrPem);
  const member = store.members.byId(id);
  if (member === undefined || member.removedMicros !== null) throw memberUnknown(id);
  if (member.publicKeyPem !== publicKeyPem) throw hostSuperseded(member.name);
  const endedMicros = world.clock.wallMicros() - member.certificateEndMicros;
  if (endedMicros > graceDays * SECONDS_PER_DAY * MICROS_PER_SECOND)
    throw renewalTooLate(member.name, formatTime(member.certificateEndMicros));
  const { certificatePem, caPem, crlPem } = await renewCertificate(options, member, { csrPem, address });
  return { id, name: member.name, role: member.role, certificatePem, caPem, crlPem, serverId };
}

/** @throws Fault `member-unknown`, `renewal-key-changed` */
function keyHolder(
  { members }: Pick<Store, "members">,
  { id, publicKeyPem }: { readonly id: string; readonly publicKeyPem: string },
): MemberRow {
  const member = members.byId(id);
  if (member === undefined || member.removedMicros !== null) throw memberUnknown(id);
  if (member.publicKeyPem !== publicKeyPem) throw renewalKeyChanged(id);
  return member;
}
