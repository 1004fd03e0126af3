/** Whether it is a list; `Array.isArray` takes none of those that can't be changed out of a union. */
export const isList = <Item, Other>(value: readonly Item[] | Other): value is readonly Item[] => Array.isArray(value);
