import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { textsOf, useText } from "../text/language.tsx";

const TEXTS = textsOf({
  en: { cancel: "Cancel", type: (word: string) => `Type ${word} to go on` },
  ko: { cancel: "취소", type: (word: string) => `계속하려면 ${word}을(를) 입력하십시오` },
});

export interface ConfirmProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** What is to be said with it. */
  readonly fields?: ReactNode;
  /** The button's word. */
  readonly action: string;
  readonly isRunning?: boolean;
  readonly run: () => void | Promise<void>;
  /** What has to be typed first, where it cannot be taken back. */
  readonly typed?: string;
  readonly danger?: boolean;
}

/** Asks before something is done that others feel. */
export function Confirm(props: ConfirmProps) {
  const text = useText(TEXTS);
  const [typed, setTyped] = useState("");
  const isReady = props.typed === undefined || typed.trim() === props.typed;
  const leave = (): void => {
    setTyped("");
    props.close();
  };
  return (
    <Modal
      opened={props.opened}
      onClose={leave}
      title={props.title}
      centered
      closeButtonProps={{ "aria-label": text.cancel }}
      // A dialog's head is no banner of the page.
      attributes={{ header: { role: "presentation" } }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void props.run();
        }}
      >
        <Stack>
          {props.danger === true ? (
            <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />}>
              {props.children}
            </Alert>
          ) : (
            <Text component="div" size="sm">
              {props.children}
            </Text>
          )}
          {props.fields}
          {props.typed !== undefined && (
            <TextInput
              label={text.type(props.typed)}
              value={typed}
              autoComplete="off"
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={leave}>
              {text.cancel}
            </Button>
            <Button
              type="submit"
              color={props.danger === true ? "red.8" : undefined}
              disabled={!isReady}
              loading={props.isRunning}
            >
              {props.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
