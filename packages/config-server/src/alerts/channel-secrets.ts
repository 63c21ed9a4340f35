import { openWithDataKey, sealWithDataKey } from "@leeward/identity";
import { type Static, type TSchema, Type } from "typebox";
import { Check } from "typebox/value";
import { alertSecretUnreadable } from "../faults.ts";
import type { AlertChannelRow, ChannelSettings } from "../store/alert-channel-rows.ts";
import { type HomeKeyOptions, homeKey } from "../trust/home-key.ts";

const KEY_ID = "alert-channels";
/** The name stands inside as well, so that no secret can be taken for another channel's, and none for a URL. */
const SealedFor = Type.Object({ channel: Type.String() });
const SealedSecret = Type.Object({ channel: Type.String(), secret: Type.String() });
const SealedUrl = Type.Object({ channel: Type.String(), url: Type.String() });

/** Secrets of channels, and URLs of webhooks, which often are one; as only this home can open them. */
export class ChannelSecrets {
  readonly #home: HomeKeyOptions;
  #key: Promise<Uint8Array> | undefined;

  constructor(home: HomeKeyOptions) {
    this.#home = home;
  }

  seal(channel: string, secret: string): Promise<string> {
    return this.#seal({ channel, secret } satisfies Static<typeof SealedSecret>);
  }

  sealUrl(channel: string, url: string): Promise<string> {
    return this.#seal({ channel, url } satisfies Static<typeof SealedUrl>);
  }

  /** Null where the channel has none. @throws Fault `alert-secret-unreadable` */
  async open({ name, sealed }: Pick<AlertChannelRow, "name" | "sealed">): Promise<string | null> {
    return sealed === null ? null : (await this.#open(SealedSecret, name, sealed)).secret;
  }

  /** @throws Fault `alert-secret-unreadable` */
  async openUrl(channel: string, sealed: string): Promise<string> {
    return (await this.#open(SealedUrl, channel, sealed)).url;
  }

  /** Where the channel leads, with the whole URL. @throws Fault `alert-secret-unreadable` */
  async targetOf({ name, target, sealedUrl }: AlertChannelRow): Promise<ChannelSettings> {
    if (target.kind !== "webhook" || sealedUrl === null) return target;
    return { ...target, settings: { ...target.settings, url: await this.openUrl(name, sealedUrl) } };
  }

  async #seal(content: object): Promise<string> {
    return sealWithDataKey(JSON.stringify(content), { dataKey: await this.#dataKey(), keyId: KEY_ID });
  }

  async #open<S extends TSchema>(schema: S, channel: string, sealed: string): Promise<Static<S>> {
    const opening = { dataKey: await this.#dataKey(), keyId: KEY_ID };
    const text = await openWithDataKey(sealed, opening).catch(() => "null");
    const content: unknown = JSON.parse(text);
    if (!Check(SealedFor, content) || content.channel !== channel || !Check(schema, content))
      throw alertSecretUnreadable(channel);
    return content;
  }

  #dataKey(): Promise<Uint8Array> {
    this.#key ??= homeKey(this.#home, true);
    return this.#key;
  }
}
