import type { User } from "@leeward/api";
import { Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useText } from "../../text/language.tsx";
import { isFit, NewPasswordFields, NO_PASSWORD } from "./new-password-fields.tsx";
import { RoleField } from "./role-field.tsx";
import { ScopeField } from "./scope-field.tsx";
import { TEXTS } from "./texts.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** A new user, or the role, password and limit of one that there is. */
export function UserDialog({ user, close }: { readonly user?: User; readonly close: () => void }) {
  const text = useText(TEXTS);
  const create = useAction("createUser", { quiet: true });
  const set = useAction("setUser", { quiet: true });
  const [name, setName] = useState("");
  const [role, setRole] = useState<User["role"]>(user?.role ?? "viewer");
  const [machines, setMachines] = useState<readonly string[]>(user?.scope?.machines ?? []);
  const [password, setPassword] = useState(NO_PASSWORD);
  const isUntouched = password.first === "" && password.again === "";
  const scope = machines.length === 0 ? null : { machines: [...machines] };
  const isScoped = (user?.scope?.machines ?? []).toSorted().join() === machines.toSorted().join();
  const submit = async (): Promise<void> => {
    const done =
      user === undefined
        ? await create.run({ body: { name, role, password: password.first, scope } })
        : await set.run({
            params: { user: user.id },
            body: {
              ...(role !== user.role && { role }),
              ...(!isUntouched && { password: password.first }),
              ...(!isScoped && { scope }),
            },
          });
    if (done !== undefined) close();
  };
  const isPasswordReady = isFit(password) || (user !== undefined && isUntouched);
  return (
    <FormDialog
      opened
      close={close}
      title={user === undefined ? text.newUser : text.changeUser(user.name)}
      action={user === undefined ? text.create : text.save}
      isReady={isPasswordReady && (user !== undefined || NAME.test(name))}
      isRunning={create.isRunning || set.isRunning}
      fault={create.fault ?? set.fault}
      submit={submit}
    >
      {user === undefined ? (
        <TextInput
          label={text.name}
          description={text.nameRule}
          autoComplete="off"
          value={name}
          error={name !== "" && !NAME.test(name)}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
      ) : (
        <Text size="sm">{text.changeUserHint}</Text>
      )}
      <RoleField role={role} change={setRole} />
      <ScopeField machines={machines} change={setMachines} />
      {user?.kind !== "oidc" && (
        <NewPasswordFields
          password={password}
          change={setPassword}
          {...(user !== undefined && { hint: text.passwordKept })}
        />
      )}
    </FormDialog>
  );
}
