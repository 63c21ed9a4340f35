// Who may do what: people, their sign-ins, tokens, what a second person decides, and what was changed by whom.
import { usePages } from "../../api/use-pages.ts";
import { Page } from "../../parts/page.tsx";
import { PageTabs } from "../../parts/page-tabs.tsx";
import { Permitted } from "../../parts/permitted.tsx";
import { useText } from "../../text/language.tsx";
import { Approvals } from "./approvals.tsx";
import { Changes } from "./changes.tsx";
import { EnrolmentTokens } from "./enrolment-tokens.tsx";
import { MyPassword } from "./my-password.tsx";
import { SignIns } from "./sign-ins.tsx";
import { TEXTS } from "./texts.ts";
import { ApiTokens } from "./tokens.tsx";
import { Users } from "./users.tsx";

const COMMANDS = [
  "leeward user list",
  "leeward sign-in list",
  "leeward token create --role agent --ttl 24h",
  "leeward token list",
  "leeward approval list",
];

export function AccessPage() {
  const text = useText(TEXTS);
  const approvals = usePages("listApprovals", {}).data;
  const open = approvals?.filter(({ state }) => state === "open").length ?? 0;
  return (
    <Page title={text.title} lead={text.lead} commands={COMMANDS}>
      <PageTabs
        label={text.tabs}
        tabs={[
          {
            key: "users",
            title: text.users,
            children: (
              <Permitted calls="listUsers">
                <Users />
              </Permitted>
            ),
          },
          {
            key: "sign-ins",
            title: text.signIns,
            children: (
              <Permitted calls="listSignIns">
                <SignIns />
              </Permitted>
            ),
          },
          {
            key: "tokens",
            title: text.tokens,
            children: (
              <Permitted calls="listTokens">
                <ApiTokens />
              </Permitted>
            ),
          },
          {
            key: "enrolment",
            title: text.enrolment,
            children: (
              <Permitted calls="listTokens">
                <EnrolmentTokens />
              </Permitted>
            ),
          },
          { key: "approvals", title: text.approvals, count: open, children: <Approvals /> },
          { key: "changes", title: text.changes, children: <Changes /> },
          { key: "password", title: text.password, children: <MyPassword /> },
        ]}
      />
    </Page>
  );
}
