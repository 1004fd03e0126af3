/**
 * What a model with several inputs or outputs takes beside `x`, which goes into its first input, and `y`, with which its first output
 * is compared: by the names of its other input layers and of the other layers that give its outputs.
 */
export interface Auxiliary<Input, Target = Input> {
  readonly inputs?: Readonly<Record<string, Input>>;
  readonly targets?: Readonly<Record<string, Target>>;
}

/** The same with other values, as a property to be spread; none where there is nothing auxiliary. */
export function mapAuxiliary<A, B, C, D>(
  aux: Auxiliary<A, B> | undefined,
  ofInput: (value: A, name: string) => C,
  ofTarget: (value: B, name: string) => D,
): { readonly aux?: Auxiliary<C, D> } {
  if (aux === undefined) return {};
  const { inputs, targets } = aux;
  return {
    aux: {
      ...(inputs && { inputs: mapRecord(inputs, ofInput) }),
      ...(targets && { targets: mapRecord(targets, ofTarget) }),
    },
  };
}

const mapRecord = <A, B>(record: Readonly<Record<string, A>>, of: (value: A, name: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value, name)]));
