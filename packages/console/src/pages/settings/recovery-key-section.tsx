// The recovery key leaves the server in an order that never loses it: exported, kept, shown to be kept, and only then erased.

import type { RecoveryKey } from "@leeward/api";
import { isFault } from "@leeward/base";
import { Alert, FileInput, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { saveAsFile } from "../../parts/download.ts";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

export function RecoveryKeySection() {
  const text = useText(TEXTS);
  const exportKey = useAction("exportRecoveryKey");
  const [exported, setExported] = useState<Pick<RecoveryKey, "keyId" | "sha256"> | undefined>(undefined);
  const [isErased, setErased] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const run = async (): Promise<void> => {
    const key = await exportKey.run({});
    setAsking(false);
    if (key === undefined) return;
    saveAsFile(`leeward-recovery-key-${key.keyId}.pem`, [key.privateKeyPem], "application/x-pem-file");
    setExported({ keyId: key.keyId, sha256: key.sha256 });
  };
  return (
    <Section
      title={text.recoveryKey}
      actions={
        <ActionButton calls="exportRecoveryKey" onClick={() => setAsking(true)}>
          {text.export}
        </ActionButton>
      }
    >
      <Stack>
        <Text size="sm">{text.recoveryKeyHint}</Text>
        {isErased && (
          <Alert color="teal" variant="light" role="status">
            {text.erased}
          </Alert>
        )}
        {isFault(exportKey.fault, "recovery-key-not-held") && <Text size="sm">{text.keyAbsent}</Text>}
        {exported !== undefined && !isErased && (
          <Alert color="yellow" variant="light" title={text.exported}>
            <Erase exported={exported} erased={() => setErased(true)} />
          </Alert>
        )}
      </Stack>
      <Confirm
        opened={isAsking}
        close={() => setAsking(false)}
        title={text.exportTitle}
        action={text.exportAction}
        danger
        isRunning={exportKey.isRunning}
        run={run}
      >
        {text.exportHint}
      </Confirm>
    </Section>
  );
}

function Erase(props: { readonly exported: Pick<RecoveryKey, "keyId" | "sha256">; readonly erased: () => void }) {
  const { exported, erased } = props;
  const text = useText(TEXTS);
  const erase = useAction("eraseRecoveryKey");
  const [file, setFile] = useState<File | null>(null);
  const [sha256, setSha256] = useState<string | undefined>(undefined);
  const [isAsking, setAsking] = useState(false);
  const isProved = sha256 === exported.sha256;
  const choose = async (next: File | null): Promise<void> => {
    setFile(next);
    setSha256(undefined);
    if (next !== null) setSha256(await digestOf(next));
  };
  const run = async (): Promise<void> => {
    const done = await erase.run({ body: { sha256: exported.sha256 } });
    setAsking(false);
    if (done !== undefined) erased();
  };
  return (
    <Stack>
      <Text size="sm">
        {text.keyId} {exported.keyId}. {text.exportedHint}
      </Text>
      <FileInput
        label={text.proveFile}
        value={file}
        onChange={(next) => void choose(next)}
        error={sha256 !== undefined && !isProved ? text.proveWrong : null}
        description={isProved ? text.proveRight : null}
        clearable
      />
      <ActionButton
        w="fit-content"
        calls="eraseRecoveryKey"
        refusal={isProved ? undefined : text.exportedHint}
        onClick={() => setAsking(true)}
      >
        {text.erase}
      </ActionButton>
      <Confirm
        opened={isAsking}
        close={() => setAsking(false)}
        title={text.eraseTitle}
        action={text.erase}
        danger
        typed={text.eraseLabel}
        isRunning={erase.isRunning}
        run={run}
      >
        {text.eraseHint}
      </Confirm>
    </Stack>
  );
}

/** SHA-256 of a file's bytes, in hex. */
async function digestOf(file: File): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
