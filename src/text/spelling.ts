/** One of these names, which an editor suggests, or any other spelling of it. */
export type Spelling<Name extends string> = Name | (string & Record<never, never>);
