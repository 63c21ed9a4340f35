import type { AnswerOf, CallOf, ReleaseFile, Routes } from "@leeward/api";
import { formatTime } from "@leeward/base";
import { mediaTypeInvalid } from "../faults.ts";
import type { ReleaseRow } from "../store/release-rows.ts";
import type { Handlers } from "./handler.ts";
import { pageOf } from "./pages.ts";
import type { CallContext, Services } from "./services.ts";

/** What agents are upgraded to. */
export function releaseHandlers({
  releases,
  upgrades,
}: Services): Handlers<"listReleases" | "removeRelease" | "upgradeAgents" | "showUpgrade"> {
  return {
    upgradeAgents: async ({ body }, { actor }) => upgrades.begin(body, actor),
    showUpgrade: async ({ params }) => upgrades.show(params.id),
    listReleases: async ({ query }, { within }) =>
      pageOf(query, { within, rows: releases.list(), key: ({ file }) => [file], view: releaseView }),
    removeRelease: async ({ params }, { actor }) => ({
      items: (await releases.remove(params.version, actor)).map(releaseView),
    }),
  };
}

/** Takes a part of a file, which is the request's body. @throws Fault `media-type-invalid`, and as Releases.take */
export async function takeReleasePart(
  { releases }: Services,
  { params, query, body }: CallOf<Routes["addReleasePart"]> & { readonly body: unknown },
  { actor }: CallContext,
): Promise<AnswerOf<Routes["addReleasePart"]>> {
  if (!(body instanceof Uint8Array) || query === undefined) throw mediaTypeInvalid();
  const { receivedBytes, release } = await releases.take({ ...params, ...query, bytes: body }, actor);
  return { receivedBytes, release: release === undefined ? null : releaseView(release) };
}

function releaseView({ addedMicros, ...row }: ReleaseRow): ReleaseFile {
  return { ...row, addedAt: formatTime(addedMicros) };
}
