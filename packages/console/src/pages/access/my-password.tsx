import { Alert, Button, PasswordInput, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useSignedIn } from "../../api/api-context.tsx";
import { useAction } from "../../api/use-answer.ts";
import { FaultPanel } from "../../parts/fault-notice.tsx";
import { useText } from "../../text/language.tsx";
import { isFit, NewPasswordFields, NO_PASSWORD } from "./new-password-fields.tsx";
import { TEXTS } from "./texts.ts";

/** Of who is signed in; who has none here is told where it is. */
export function MyPassword() {
  const text = useText(TEXTS);
  const { kind } = useSignedIn();
  if (kind === "local") return <PasswordForm />;
  return (
    <Alert color="gray" variant="light">
      {text.passwordOf[kind]}
    </Alert>
  );
}

function PasswordForm() {
  const text = useText(TEXTS);
  const { name } = useSignedIn();
  const change = useAction("changePassword", { quiet: true });
  const [present, setPresent] = useState("");
  const [next, setNext] = useState(NO_PASSWORD);
  const isReady = present !== "" && isFit(next);
  const submit = async (): Promise<void> => {
    const done = await change.run({ body: { password: present, newPassword: next.first } });
    if (done === undefined) return;
    notifications.show({ message: text.passwordChanged, color: "teal" });
    setPresent("");
    setNext(NO_PASSWORD);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void submit();
      }}
    >
      <Stack maw={480}>
        <Text size="sm" c="dimmed">
          {text.passwordHint}
        </Text>
        {/* For what keeps passwords: whose it is. */}
        <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
        <PasswordInput
          label={text.presentPassword}
          autoComplete="current-password"
          value={present}
          onChange={(event) => setPresent(event.currentTarget.value)}
        />
        <NewPasswordFields password={next} change={setNext} />
        {change.fault !== null && <FaultPanel fault={change.fault} />}
        <Button type="submit" w="fit-content" disabled={!isReady} loading={change.isRunning}>
          {text.changePassword}
        </Button>
      </Stack>
    </form>
  );
}
