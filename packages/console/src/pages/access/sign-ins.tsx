import type { SignInSummary } from "@leeward/api";
import { Group, Text } from "@mantine/core";
import { useState } from "react";
import { useAction, useAnswer, useItems } from "../../api/use-answer.ts";
import { ROLE_TEXTS } from "../../app/role-texts.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

/** Who is signed in, from where, and since when. */
export function SignIns() {
  const text = useText(TEXTS);
  const roles = useText(ROLE_TEXTS);
  const signIns = useItems("listSignIns", {});
  const ownId = useAnswer("me", {}).data?.id;
  return (
    <Answered answer={signIns}>
      {(items) => (
        <DataTable
          label={text.signIns}
          rows={items}
          keyOf={({ id }) => id}
          textOf={({ user, address, userAgent }) => `${user} ${address} ${userAgent ?? ""}`}
          empty={<Nothing title={text.noSignIns} />}
          columns={[
            {
              key: "user",
              title: text.user,
              order: ({ user }) => user,
              show: ({ id, user }) => (
                <Group gap="xs">
                  {user}
                  {id === ownId && <StateBadge tone="plain" label={text.thisOne} size="sm" />}
                </Group>
              ),
            },
            { key: "role", title: text.role, order: ({ role }) => role, show: ({ role }) => roles[role] },
            { key: "address", title: text.address, order: ({ address }) => address, show: ({ address }) => address },
            {
              key: "browser",
              title: text.browser,
              show: ({ userAgent }) => (
                <Text size="xs" lineClamp={2} maw={320}>
                  {userAgent ?? "–"}
                </Text>
              ),
            },
            {
              key: "signedIn",
              title: text.signedIn,
              order: ({ signedInAt }) => signedInAt,
              show: ({ signedInAt }) => <Moment time={signedInAt} />,
            },
            {
              key: "seen",
              title: text.seen,
              order: ({ seenAt }) => seenAt,
              show: ({ seenAt }) => <Moment time={seenAt} />,
            },
            {
              key: "expires",
              title: text.expires,
              order: ({ expiresAt }) => expiresAt,
              show: ({ expiresAt }) => <Moment time={expiresAt} />,
            },
            { key: "actions", title: "", align: "right", show: (signIn) => <EndSignIn signIn={signIn} /> },
          ]}
        />
      )}
    </Answered>
  );
}

function EndSignIn({ signIn }: { readonly signIn: SignInSummary }) {
  const text = useText(TEXTS);
  const end = useAction("endSignIn");
  const [isAsking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  return (
    <>
      <ActionButton label={text.endSignIn(signIn.user)} onClick={() => setAsking(true)}>
        {text.end}
      </ActionButton>
      <Confirm
        opened={isAsking}
        close={close}
        title={text.endTitle}
        action={text.end}
        isRunning={end.isRunning}
        run={() => end.run({ params: { id: signIn.id } }).then(close)}
      >
        {text.endHint(signIn.user, signIn.address)}
      </Confirm>
    </>
  );
}
