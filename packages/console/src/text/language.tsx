// What the console says, in each of its languages. The texts of a part lie beside it as one object per language; the types see to it that none is
// missing in any, and a text with a number or a name in it is a function, so that each language orders its words as it does.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

export const LANGUAGES = { en: "English", ko: "한국어" } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AS = "leeward-language";

interface LanguageChoice {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}

const Context = createContext<LanguageChoice>({ language: "en", choose: () => undefined });

/** The same texts in each language. */
export type Texts<T> = Readonly<Record<Language, T>>;

/** Texts whose English ones say which there are. */
export function textsOf<const T extends Record<string, unknown>>(texts: {
  readonly en: T;
  readonly ko: { readonly [K in keyof T]: Wide<T[K]> };
}): Texts<{ readonly [K in keyof T]: Wide<T[K]> }> {
  const en: { readonly [K in keyof T]: unknown } = texts.en;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every text is one of its own wider type; the compiler does not see that of a mapped one
  return { en, ko: texts.ko } as Texts<{ readonly [K in keyof T]: Wide<T[K]> }>;
}

type Wide<T> = T extends string
  ? string
  : T extends (...args: infer A) => unknown
    ? (...args: A) => string
    : { readonly [K in keyof T]: Wide<T[K]> };

export function useLanguage(): LanguageChoice {
  return useContext(Context);
}

/** The texts in the language that the user chose. */
export function useText<T>(texts: Texts<T>): T {
  return texts[useLanguage().language];
}

/** The language that was chosen here before, else the browser's first one that there is. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo(
    () => ({
      language,
      choose: (next: Language) => {
        localStorage.setItem(KEPT_AS, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <Context value={choice}>{children}</Context>;
}

function firstLanguage(): Language {
  const wanted = [localStorage.getItem(KEPT_AS), ...navigator.languages].map((each) => each?.slice(0, 2));
  return wanted.find(isLanguage) ?? "en";
}

function isLanguage(text: string | undefined): text is Language {
  return text !== undefined && Object.hasOwn(LANGUAGES, text);
}
