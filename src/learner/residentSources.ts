import { dtypeOf, type HostArray } from '../array/hostArray.js';
import { type Auxiliary, mapAuxiliary } from '../data/auxiliary.js';
import type { ArraySource, Scaling } from '../data/source.js';
import type { ResidentArray, SessionVariables } from '../graph/sessionVariables.js';
import { DataType } from '../native/dataType.js';

/** An in-memory source as it lies in the session. */
interface ResidentSource {
  readonly x: ResidentArray;
  readonly y: ResidentArray;
  readonly sampleWeight: ResidentArray | null;
  readonly aux?: Auxiliary<ResidentArray>;
  readonly scaling: Scaling | undefined;
}

/** Puts sources into a session, each once, for as long as anybody else holds them. */
export class ResidentSources {
  private readonly residents = new WeakMap<ArraySource, ResidentSource>();
  private readonly registry = new FinalizationRegistry<readonly ResidentArray[]>(arrays => {
    // Nobody waits for it, and a session that is gone has freed them already.
    this.variables.release(arrays).catch(() => undefined);
  });

  constructor(private readonly variables: SessionVariables) {}

  async of(source: ArraySource): Promise<ResidentSource> {
    const known = this.residents.get(source);
    if (known !== undefined) return known;
    const { x, y, aux, scaling, size } = source;
    const sampleWeight = source.sampleWeight && { data: source.sampleWeight, shape: [size] };
    const { inputs = {}, targets = {} } = aux ?? {};
    const arrays = new Map<HostArray, ResidentArray>();
    const all = [x, y, ...Object.values(inputs), ...Object.values(targets), ...(sampleWeight ? [sampleWeight] : [])];
    for (const array of new Set(all)) arrays.set(array, await this.put(array));
    const of = (array: HostArray): ResidentArray => arrays.get(array) as ResidentArray;
    const resident: ResidentSource = {
      x: of(x),
      y: of(y),
      ...mapAuxiliary(aux, of, of),
      sampleWeight: sampleWeight === undefined ? null : of(sampleWeight),
      scaling,
    };
    this.residents.set(source, resident);
    this.registry.register(source, [...arrays.values()]);
    return resident;
  }

  private put({ data, shape }: HostArray): Promise<ResidentArray> {
    return this.variables.resident({ shape, dtype: DataType[dtypeOf(data)] }, data);
  }
}
