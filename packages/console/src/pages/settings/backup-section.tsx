import { Alert, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { api } from "../../api/api-context.tsx";
import { ActionButton } from "../../parts/action-button.tsx";
import { saveAsFile } from "../../parts/download.ts";
import { FaultPanel } from "../../parts/fault-notice.tsx";
import { Command } from "../../parts/page.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";

type Progress =
  | { readonly state: "none" }
  | { readonly state: "running" | "done"; readonly bytes: number }
  | { readonly state: "failed"; readonly fault: Error };

/** A copy of the config server, which comes as one stream and is saved when it is whole. */
export function BackupSection() {
  const text = useText(TEXTS);
  const format = useFormat();
  const [progress, setProgress] = useState<Progress>({ state: "none" });
  const run = async (): Promise<void> => {
    const parts: BlobPart[] = [];
    let bytes = 0;
    setProgress({ state: "running", bytes });
    try {
      await api.backup(async (stream) => {
        for await (const chunk of stream) {
          parts.push(new Uint8Array(chunk));
          bytes += chunk.length;
          setProgress({ state: "running", bytes });
        }
      });
      saveAsFile(`leeward-backup-${new Date().toISOString().slice(0, 10)}.backup`, parts);
      setProgress({ state: "done", bytes });
    } catch (error) {
      setProgress({ state: "failed", fault: error instanceof Error ? error : new Error(String(error)) });
    }
  };
  return (
    <Section title={text.backup}>
      <Stack>
        <Text size="sm">{text.backupHint}</Text>
        <Text size="sm" fw={600}>
          {text.backupSecret}
        </Text>
        <ActionButton
          size="sm"
          w="fit-content"
          calls="backup"
          loading={progress.state === "running"}
          onClick={() => void run()}
        >
          {text.backupAction}
        </ActionButton>
        <div aria-live="polite">
          {progress.state === "running" && <Text size="sm">{text.backupRunning(format.bytes(progress.bytes))}</Text>}
          {progress.state === "done" && (
            <Alert color="teal" variant="light">
              {text.backupDone(format.bytes(progress.bytes))}
            </Alert>
          )}
          {progress.state === "failed" && <FaultPanel fault={progress.fault} />}
        </div>
        <Text size="sm" c="dimmed">
          {text.restoreHint}
        </Text>
        <Command command="leeward config-server restore --from FILE --home /var/lib/leeward/server" />
      </Stack>
    </Section>
  );
}
