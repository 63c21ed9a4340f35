import { Stack } from "@mantine/core";
import { Page } from "../../parts/page.tsx";
import { PageTabs } from "../../parts/page-tabs.tsx";
import { Permitted } from "../../parts/permitted.tsx";
import { useText } from "../../text/language.tsx";
import { AuthoritySection } from "./authority-section.tsx";
import { BackupSection } from "./backup-section.tsx";
import { Groups } from "./groups.tsx";
import { InstallationSettings } from "./installation-settings.tsx";
import { RecoveryKeySection } from "./recovery-key-section.tsx";
import { Releases } from "./releases.tsx";
import { TEXTS } from "./texts.ts";

const COMMANDS = [
  "leeward installation set workingHours='mon-fri 08:00-18:00'",
  "leeward group list",
  "leeward release add leeward-VERSION-linux-x64.tar.gz",
  "leeward agent upgrade --all",
  "leeward ca show",
  "leeward key export --to FILE",
  "leeward config-server backup --to FILE",
];

export function SettingsPage() {
  const text = useText(TEXTS);
  return (
    <Page title={text.title} lead={text.lead} commands={COMMANDS}>
      <PageTabs
        label={text.tabs}
        tabs={[
          { key: "installation", title: text.installation, children: <InstallationSettings /> },
          { key: "groups", title: text.groups, children: <Groups /> },
          { key: "releases", title: text.releases, children: <Releases /> },
          {
            key: "trust",
            title: text.trust,
            children: (
              <Stack gap="lg">
                <RecoveryKeySection />
                <Permitted calls="showRotation">
                  <AuthoritySection />
                </Permitted>
              </Stack>
            ),
          },
          { key: "backup", title: text.backup, children: <BackupSection /> },
        ]}
      />
    </Page>
  );
}
