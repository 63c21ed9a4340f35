// Holds what goes wrong on one page, so that the way to the others stays. A page whose code is gone (the server was upgraded meanwhile) is loaded anew.
import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { FaultPanel } from "../parts/fault-notice.tsx";
import { Nothing } from "../parts/nothing.tsx";
import { textsOf, useText } from "../text/language.tsx";

const TEXTS = textsOf({
  en: {
    changed: "The console has changed on the server",
    reload: "Load it again",
    why: "What this page needs is not there any more in the version that you have open.",
  },
  ko: {
    changed: "서버의 콘솔이 바뀌었습니다",
    reload: "다시 불러오기",
    why: "지금 열려 있는 버전에서는 이 페이지에 필요한 파일이 더 이상 없습니다.",
  },
});

interface BoundaryProps {
  /** Another page is tried anew. */
  readonly path: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly path: string;
  readonly error: Error | undefined;
}

/** React catches what a page throws by a class alone. */
export class PageBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { path: this.props.path, error: undefined };

  static getDerivedStateFromError(error: unknown): Pick<BoundaryState, "error"> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps({ path }: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return path === state.path ? null : { path, error: undefined };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return isCodeGone(error) ? <CodeGone /> : <FaultPanel fault={error} />;
  }
}

/** As the browsers say that a module was not had. */
function isCodeGone({ message }: Error): boolean {
  return /dynamically imported module|Importing a module script failed/.test(message);
}

function CodeGone() {
  const text = useText(TEXTS);
  return (
    <Nothing title={text.changed} action={<Button onClick={() => location.reload()}>{text.reload}</Button>}>
      {text.why}
    </Nothing>
  );
}
