// Who may do what: people, their sign-ins, tokens, what a second person decides, and what was changed by whom.
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useMay } from "../../api/api-context.tsx";
import { usePages } from "../../api/use-pages.ts";
import { useRoleRefusal } from "../../parts/action-button.tsx";
import { Page } from "../../parts/page.tsx";
import { PageTabs } from "../../parts/page-tabs.tsx";
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
          { key: "users", title: text.users, children: forAdministrators(<Users />) },
          { key: "sign-ins", title: text.signIns, children: forAdministrators(<SignIns />) },
          { key: "tokens", title: text.tokens, children: forAdministrators(<ApiTokens />) },
          { key: "enrolment", title: text.enrolment, children: forAdministrators(<EnrolmentTokens />) },
          { key: "approvals", title: text.approvals, count: open, children: <Approvals /> },
          { key: "changes", title: text.changes, children: <Changes /> },
          { key: "password", title: text.password, children: <MyPassword /> },
        ]}
      />
    </Page>
  );
}

function forAdministrators(children: ReactNode): ReactNode {
  return <ForAdministrators>{children}</ForAdministrators>;
}

/** What others may not even see is not asked for. */
function ForAdministrators({ children }: { readonly children: ReactNode }) {
  const may = useMay("administrator");
  const refusal = useRoleRefusal("administrator");
  return may ? children : <Text size="sm">{refusal}</Text>;
}
