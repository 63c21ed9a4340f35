import { createHash } from "node:crypto";
import { formatTime, MICROS_PER_SECOND, randomId } from "@leeward/base";
import { createToken } from "@leeward/identity";
import { identityOf } from "../access/caller.ts";
import { limitText } from "../access/users.ts";
import { requireTakeable } from "../failover/elsewhere.ts";
import { certificateRequired, recoveryKeyLost, recoveryKeyMismatch, requestInvalid, tokenUnknown } from "../faults.ts";
import { API_TOKEN_SECONDS, ENROLMENT_TOKEN_SECONDS } from "../limits.ts";
import type { TokenRow } from "../store/token-rows.ts";
import { renewByKey } from "../trust/renewal.ts";
import type { Handlers } from "./handler.ts";
import { findLiveMachine, findScope } from "./lookup.ts";
import { pageOf } from "./pages.ts";
import type { Services } from "./services.ts";
import { scopeView, tokenView } from "./views.ts";

type TrustRoute =
  | "createToken"
  | "listTokens"
  | "revokeToken"
  | "enrol"
  | "renew"
  | "exportRecoveryKey"
  | "eraseRecoveryKey"
  | "unregister";

/** Tokens, enrolment, the recovery key. */
export function trustHandlers(services: Services): Handlers<TrustRoute> {
  return { ...tokenHandlers(services), ...recoveryKeyHandlers(services), ...memberHandlers(services) };
}

function tokenHandlers({
  world,
  store,
  trust,
  events,
  copies,
  removal,
}: Services): Handlers<"createToken" | "listTokens" | "revokeToken"> {
  return {
    createToken: async ({ body }, { actor, person }) => {
      const { role, note = null } = body;
      const machine = body.machine === undefined ? undefined : findLiveMachine(store, body.machine);
      if (machine !== undefined && role !== "agent") throw requestInvalid("a token for a machine is of the role agent");
      if (machine !== undefined) requireTakeable({ store, copies }, machine);
      const createdMicros = world.clock.wallMicros();
      const isApi = role === "viewer" || role === "operator" || role === "administrator";
      const scope = findScope(store, body.scope);
      if (scope !== null && !isApi) throw requestInvalid("a scope is for a token of the API");
      const creator = person === undefined ? null : identityOf(person);
      const ttlSeconds =
        body.ttlSeconds === undefined ? (isApi ? API_TOKEN_SECONDS : ENROLMENT_TOKEN_SECONDS) : body.ttlSeconds;
      const expiresMicros = ttlSeconds === null ? null : createdMicros + ttlSeconds * MICROS_PER_SECOND;
      const { token, secretDigest } = createToken(world.random, trust.ownCaPem);
      const id = randomId(world.random);
      store.transaction(() => {
        const machineId = machine?.id ?? null;
        const by = { createdMicros, createdBy: actor.name };
        store.tokens.insert({ id, role, ...by, expiresMicros, note, machineId, scope, creator, secretDigest });
        const whose = machine === undefined ? "" : ` It gives ${machine.name} to the host that comes with it.`;
        const message = `A token of the role ${role} was created${limitText(scope)}.${whose}`;
        const severity = machine === undefined ? "info" : "warning";
        events.add(actor, {
          severity,
          kind: "token-created",
          subject: id,
          message,
          detail: { role, machine: machineId },
        });
      });
      return {
        id,
        token,
        role,
        expiresAt: expiresMicros === null ? null : formatTime(expiresMicros),
        scope: scopeView(scope),
      };
    },
    listTokens: async ({ query }, { within }) => {
      const nowMicros = world.clock.wallMicros();
      const key = ({ createdMicros, id }: TokenRow) => [createdMicros, id];
      return pageOf(query, { within, rows: store.tokens.list(), key, view: (token) => tokenView(token, nowMicros) });
    },
    revokeToken: async ({ params: { id } }, { actor }) => {
      if (store.tokens.byId(id) === undefined) throw tokenUnknown(id);
      store.transaction(() => {
        store.tokens.revoke(id, world.clock.wallMicros());
        store.signIns.endAll({ tokenId: id });
        const message = `The token ${id} was revoked.`;
        events.add(actor, { severity: "warning", kind: "token-revoked", subject: id, message });
      });
      const usedBy = store.tokens.byId(id)?.usedBy ?? null;
      const member = usedBy === null ? undefined : store.members.byId(usedBy);
      // Who has taken the machine since has another one.
      if (member?.removedMicros === null && member.tokenId === id)
        await removal.remove(member, { actor, deletePoints: false, force: true });
      const token = store.tokens.byId(id);
      if (token === undefined) throw tokenUnknown(id);
      return tokenView(token, world.clock.wallMicros());
    },
  };
}

function recoveryKeyHandlers({
  world,
  store,
  trust,
  events,
}: Services): Handlers<"exportRecoveryKey" | "eraseRecoveryKey"> {
  const { recoveryKey, recoveryKeyId: keyId } = trust;
  const heldKey = async (): Promise<{ pem: string; sha256: string }> => {
    if (!(await recoveryKey.held())) throw recoveryKeyLost();
    const pem = await recoveryKey.privateKeyPem();
    return { pem, sha256: createHash("sha256").update(pem).digest("hex") };
  };
  return {
    exportRecoveryKey: async (_call, { actor }) => {
      const { pem, sha256 } = await heldKey();
      const message = "The private half of the recovery key was read.";
      events.add(actor, { severity: "warning", kind: "recovery-key-read", subject: keyId, message });
      const createdMicros = Number(store.facts.get("createdMicros") ?? 0);
      return { keyId, privateKeyPem: pem, sha256, createdAt: formatTime(createdMicros) };
    },
    eraseRecoveryKey: async ({ body }, { actor }) => {
      const { sha256 } = await heldKey();
      if (body.sha256 !== sha256) throw recoveryKeyMismatch();
      const nowMicros = world.clock.wallMicros();
      // First what is known, then what is done: a crash between leaves a key that can be exported and erased again.
      store.transaction(() => {
        store.facts.set("recoveryKeyErasedMicros", String(nowMicros));
        const message = "The private half of the recovery key was exported and erased here.";
        events.add(actor, { severity: "warning", kind: "recovery-key-erased", subject: keyId, message });
      });
      await recoveryKey.erase();
      return { keyId, erasedAt: formatTime(nowMicros) };
    },
  };
}

function memberHandlers(services: Services): Handlers<"enrol" | "renew" | "unregister"> {
  const { store, enrolment, removal, events, config } = services;
  return {
    renew: ({ body }, { address }) =>
      events.watching({ name: "renewal", address }, "renewal", () =>
        renewByKey({ ...services, graceDays: config.value.renewalGraceDays }, body, address),
      ),
    enrol: ({ body }, { address }) => enrolment.enrol(body, address),
    unregister: async (_call, { memberId, actor }) => {
      const member = memberId === undefined ? undefined : store.members.byId(memberId);
      if (member === undefined || member.removedMicros !== null) throw certificateRequired();
      await removal.remove(member, { actor, deletePoints: false });
      return {};
    },
  };
}
