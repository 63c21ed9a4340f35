// One-time tokens become members. Invariant: a token makes at most one member, whoever comes at the same time; and no certificate of somebody who
// is not a member is left in force. Order: certificate issued → token taken and member stored in one transaction → answer. A crash before the
// transaction leaves a certificate that nobody has; after it, the same key may ask again with the same token, and no other.

import type { Enrolled } from "@leeward/api";
import { Mutex, randomId } from "@leeward/base";
import { digestOfSecret, publicPemOfRequest } from "@leeward/identity";
import type { World } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { moveElsewhere, requireTakeable } from "../failover/elsewhere.ts";
import { nameTaken, tokenRefused } from "../faults.ts";
import type { Copies } from "../sessions/copies.ts";
import type { MemberRole, MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import { type TokenRow, tokenStateOf } from "../store/token-rows.ts";
import type { Issued, Trust } from "./trust.ts";

export interface EnrolmentRequest {
  readonly secret: string;
  readonly csrPem: string;
  readonly name?: string | undefined;
}

export interface EnrolmentOptions {
  readonly world: World;
  readonly store: Store;
  readonly trust: Trust;
  readonly events: EventLog;
  readonly copies: Copies;
  readonly serverId: string;
  readonly plansChanged: () => void;
  readonly trustChanged: () => void;
}

export class Enrolment {
  readonly #options: EnrolmentOptions;
  readonly #alone = new Mutex();

  constructor(options: EnrolmentOptions) {
    this.#options = options;
  }

  /** @throws Fault `token-refused`, `name-taken`, `certificate-request-invalid` */
  async enrol(request: EnrolmentRequest, address: string): Promise<Enrolled> {
    const { store, events } = this.#options;
    return events.watching({ name: "enrolment", address }, "enrolment", async () => {
      const token = store.tokens.byDigest(digestOfSecret(request.secret));
      if (token === undefined) throw tokenRefused("it is not one of this server's");
      const role = memberRoleOf(token);
      const again = await this.#again(token, request);
      if (again !== undefined) return again;
      this.#checkValid(token);
      if (token.machineId !== null) return this.#takeOver(token, token.machineId, { request, address });
      return this.#admit({ token, role, request, actor: { name: `token ${token.id}`, address } });
    });
  }

  async #admit(admission: {
    token: TokenRow;
    role: MemberRole;
    request: EnrolmentRequest;
    actor: Actor;
  }): Promise<Enrolled> {
    const { world, store, trust, events } = this.#options;
    const { token, role, request, actor } = admission;
    const id = randomId(world.random);
    const name = request.name ?? `${role}-${id.slice(0, 8)}`;
    const publicKeyPem = await publicPemOfRequest(request.csrPem);
    const issued = await trust.issue(request.csrPem, { role, id });
    try {
      store.transaction(() => {
        const nowMicros = world.clock.wallMicros();
        if (store.members.nameTaken(role, name)) throw nameTaken(name);
        if (!store.tokens.use(token.id, { memberId: id, nowMicros })) throw tokenRefused("it was used already");
        store.members.insert({
          id,
          role,
          name,
          publicKeyPem,
          enrolledMicros: nowMicros,
          tokenId: token.id,
          certificateEndMicros: issued.endMicros,
        });
        events.add(actor, {
          severity: "info",
          kind: "member-enrolled",
          subject: name,
          message: `${role} ${name} enrolled.`,
          detail: { id, role },
        });
      });
    } catch (error) {
      await trust.revoke({ role, id });
      throw error;
    }
    return this.#answer({ id, role, name }, issued);
  }

  /** @throws Fault `token-refused` */
  #checkValid({ id }: TokenRow): void {
    const { store, world } = this.#options;
    const token = store.tokens.byId(id);
    const state = token === undefined ? "revoked" : tokenStateOf(token, world.clock.wallMicros());
    if (state !== "valid") throw tokenRefused(state === "used" ? "it was used already" : `it is ${state}`);
  }

  /**
   * Gives a machine that is lost, or has a copy, to the host that comes with the token. One after another, since who comes second must not shut out who came first. Order: old
   * certificates revoked, durably → new one → stored → everybody told. @throws Fault `token-refused`, `machine-not-takeable`, `failover-busy`
   */
  #takeOver(
    token: TokenRow,
    machineId: string,
    { request, address }: { readonly request: EnrolmentRequest; readonly address: string },
  ): Promise<Enrolled> {
    const { world, store, trust, events, copies, plansChanged, trustChanged } = this.#options;
    return this.#alone.hold(async () => {
      this.#checkValid(token);
      const machine = store.members.byId(machineId);
      if (machine === undefined) throw tokenRefused("its machine is not there");
      requireTakeable({ store, copies }, machine);
      const publicKeyPem = await publicPemOfRequest(request.csrPem);
      await trust.revoke(machine);
      const issued = await trust.issue(request.csrPem, machine);
      try {
        store.transaction(() => {
          const nowMicros = world.clock.wallMicros();
          if (!store.tokens.use(token.id, { memberId: machine.id, nowMicros }))
            throw tokenRefused("it was used already");
          const actor = { name: `token ${token.id}`, address };
          moveElsewhere({ store, events, copies }, machine, { actor, address, nowMicros });
          const { endMicros: certificateEndMicros } = issued;
          store.members.exchangeKey(machine.id, { publicKeyPem, tokenId: token.id, certificateEndMicros });
        });
      } catch (error) {
        await trust.revoke(machine);
        throw error;
      } finally {
        trustChanged();
      }
      copies.forget(machine.id);
      plansChanged();
      return this.#answer(machine, issued);
    });
  }

  /** The answer of an enrolment that got lost on its way: the same token and the same key. */
  async #again(token: TokenRow, request: EnrolmentRequest): Promise<Enrolled | undefined> {
    const { store, trust } = this.#options;
    const member = token.usedBy === null ? undefined : store.members.byId(token.usedBy);
    if (member === undefined || member.removedMicros !== null || token.revokedMicros !== null) return undefined;
    if ((await publicPemOfRequest(request.csrPem)) !== member.publicKeyPem) return undefined;
    return this.#answer(member, await trust.issue(request.csrPem, member));
  }

  #answer(member: Pick<MemberRow, "id" | "role" | "name">, { certificatePem, caPem, crlPem }: Issued): Enrolled {
    const { id, role, name } = member;
    return { id, name, role, certificatePem, caPem, crlPem, serverId: this.#options.serverId };
  }
}

function memberRoleOf({ role }: TokenRow): MemberRole {
  if (role === "agent" || role === "process-server" || role === "master-target") return role;
  throw tokenRefused("it is a token of the API, not one to enrol with");
}
