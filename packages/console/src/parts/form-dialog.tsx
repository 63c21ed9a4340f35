// A dialog with a form: it says what was refused beside what was asked, and stays until it was done or left.
import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { textsOf, useText } from "../text/language.tsx";
import { EditFault } from "./edit-fault.tsx";
import { useFocusBack } from "./use-focus-back.ts";

const TEXTS = textsOf({ en: { cancel: "Cancel" }, ko: { cancel: "취소" } });

export interface FormDialogProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly title: string;
  /** The button's word. */
  readonly action: string;
  readonly isReady?: boolean;
  readonly isRunning: boolean;
  /** Of the last try. */
  readonly fault?: Error | null;
  /** Reads anew what the form was filled from, when somebody else has changed it. */
  readonly load?: () => void;
  readonly danger?: boolean;
  readonly submit: () => void | Promise<void>;
  readonly children: ReactNode;
}

/** Its fields are made anew each time it is opened, when they are components within it. */
export function FormDialog(props: FormDialogProps) {
  const text = useText(TEXTS);
  useFocusBack();
  const isReady = props.isReady ?? true;
  return (
    <Modal
      opened={props.opened}
      onClose={props.close}
      title={props.title}
      centered
      size="lg"
      closeButtonProps={{ "aria-label": text.cancel }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !props.isRunning) void props.submit();
        }}
      >
        <Stack>
          {props.children}
          {props.fault !== undefined && props.fault !== null && <EditFault fault={props.fault} load={props.load} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.close}>
              {text.cancel}
            </Button>
            <Button
              type="submit"
              disabled={!isReady}
              loading={props.isRunning}
              color={props.danger === true ? "red.8" : undefined}
            >
              {props.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
