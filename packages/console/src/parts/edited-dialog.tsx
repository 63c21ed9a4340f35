import type { Tagged } from "@leeward/api";
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import type { Edited } from "../api/use-edited.ts";
import { Answered } from "./answered.tsx";

/** A dialog whose form is filled from what is read when it is opened. */
export function EditedDialog<T>(props: {
  readonly edited: Edited<T>;
  readonly title: string;
  readonly close: () => void;
  readonly children: (read: Tagged<T>) => ReactNode;
}) {
  const { edited, title, close, children } = props;
  if (edited.data !== undefined) return children(edited.data);
  return (
    <Modal opened onClose={close} title={title} centered size="lg">
      <Answered answer={edited}>{() => null}</Answered>
    </Modal>
  );
}
