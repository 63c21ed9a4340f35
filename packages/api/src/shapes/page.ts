import { type Static, type TProperties, type TSchema, Type } from "typebox";
import { PAGE_ITEMS_MAX } from "../api-limits.ts";
import { nullable, STRICT } from "./schema-words.ts";

const PAGE = {
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_ITEMS_MAX,
      description: `most items of this page; ${PAGE_ITEMS_MAX} unless told`,
    }),
  ),
  after: Type.Optional(
    Type.String({ minLength: 1, maxLength: 512, description: "`next` of the page before this one" }),
  ),
};

/** What the query of a list may say: its own fields, and which page. */
export function pageQuery<T extends TProperties>(fields: T) {
  return Type.Object({ ...fields, ...PAGE }, STRICT);
}

/** One page of a list. `next` is what `after` takes for the page after it; null says that there is none. */
export function pageOf<T extends TSchema>(item: T) {
  return Type.Object({ items: Type.Array(item), next: nullable(Type.String()) });
}

const PageQuery = Type.Object(PAGE);
export type PageQuery = Static<typeof PageQuery>;
