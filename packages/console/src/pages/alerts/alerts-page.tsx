// What needs a person, by which rules that is said, and who is told.

import { useItems } from "../../api/use-answer.ts";
import { Page } from "../../parts/page.tsx";
import { PageTabs } from "../../parts/page-tabs.tsx";
import { Permitted } from "../../parts/permitted.tsx";
import { useText } from "../../text/language.tsx";
import { AlertChannels } from "./alert-channels.tsx";
import { AlertList } from "./alert-list.tsx";
import { AlertRules } from "./alert-rules.tsx";
import { TEXTS } from "./texts.ts";

const COMMANDS = [
  "leeward alert list",
  "leeward alert acknowledge ID --note TEXT",
  "leeward alert silence ID --until TIME",
  "leeward alert rule list",
  "leeward alert channel test NAME",
];

export function AlertsPage() {
  const text = useText(TEXTS);
  const open = useItems("listAlerts", {}).data?.filter(({ state }) => state === "open");
  return (
    <Page title={text.title} lead={text.lead} commands={COMMANDS}>
      <PageTabs
        label={text.tabs}
        tabs={[
          { key: "alerts", title: text.alerts, count: open?.length ?? 0, children: <AlertList /> },
          { key: "rules", title: text.rules, children: <AlertRules /> },
          {
            key: "channels",
            title: text.channels,
            children: (
              <Permitted calls="listAlertChannels">
                <AlertChannels />
              </Permitted>
            ),
          },
        ]}
      />
    </Page>
  );
}
