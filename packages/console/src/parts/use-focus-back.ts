import { useLayoutEffect, useState } from "react";

/** For a dialog that is there only while it is open: when it goes, the focus is again where it was before. */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    },
    [before],
  );
}
