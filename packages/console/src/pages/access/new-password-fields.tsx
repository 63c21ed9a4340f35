import { PasswordInput } from "@mantine/core";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

const CHARACTERS_MIN = 12;

export interface NewPassword {
  readonly first: string;
  readonly again: string;
}

export const NO_PASSWORD: NewPassword = { first: "", again: "" };

/** Long enough, and twice the same. */
export function isFit({ first, again }: NewPassword): boolean {
  return first === again && isLong(first);
}

/** As the server counts them. */
function isLong(password: string): boolean {
  return Array.from(password.normalize("NFKC")).length >= CHARACTERS_MIN;
}

export function NewPasswordFields(props: {
  readonly password: NewPassword;
  readonly change: (password: NewPassword) => void;
  readonly hint?: string;
}) {
  const { password, change, hint } = props;
  const text = useText(TEXTS);
  return (
    <>
      <PasswordInput
        label={text.newPassword}
        description={hint === undefined ? text.passwordRule : `${hint} ${text.passwordRule}`}
        autoComplete="new-password"
        value={password.first}
        error={password.first !== "" && !isLong(password.first) ? text.passwordRule : null}
        onChange={(event) => change({ ...password, first: event.currentTarget.value })}
      />
      <PasswordInput
        label={text.passwordAgain}
        autoComplete="new-password"
        value={password.again}
        error={password.again !== "" && password.again !== password.first ? text.passwordDiffers : null}
        onChange={(event) => change({ ...password, again: event.currentTarget.value })}
      />
    </>
  );
}
