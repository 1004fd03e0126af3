import { dtypeOf, type HostArray } from '../array/hostArray.js';
import type { ArraySource, Scaling } from '../data/source.js';
import type { ResidentArray, SessionVariables } from '../graph/sessionVariables.js';
import { DataType } from '../native/dataType.js';

/** An in-memory source as it lies in the session. */
interface ResidentSource {
  readonly x: ResidentArray;
  readonly y: ResidentArray;
  readonly sampleWeight: ResidentArray | null;
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
    const { x, y, sampleWeight, scaling, size } = source;
    const put = ({ data, shape }: HostArray): Promise<ResidentArray> =>
      this.variables.resident({ shape, dtype: DataType[dtypeOf(data)] }, data);
    const resident: ResidentSource = {
      x: await put(x),
      y: await put(y),
      sampleWeight: sampleWeight === undefined ? null : await put({ data: sampleWeight, shape: [size] }),
      scaling,
    };
    this.residents.set(source, resident);
    const arrays = [resident.x, resident.y, resident.sampleWeight].filter(array => array !== null);
    this.registry.register(source, arrays);
    return resident;
  }
}
