/** How the connection of two boxes goes. */
export interface Route {
  readonly from: number;
  readonly to: number;
  /**
   * Straight to the next row; `column`: down through the free column under `from`; a number: through that lane, counted
   * from the boxes outwards, on the left of {@link laneColumn}.
   */
  readonly through: 'gap' | 'column' | number;
  readonly laneColumn: number;
}

/** Where the boxes of a graph stand, in whole rows and columns. */
export interface GraphLayout {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** Number of lanes on the left of each column. */
  readonly lanes: readonly number[];
  readonly routes: readonly Route[];
}

/**
 * Lays out a graph from top to bottom. Its longest path stands in column 0; what branches off stands on the right of it, each
 * branch in one column; connections that skip rows run in lanes of their own, so that none crosses a box.
 *
 * @param parents what each box is connected to, each once. Boxes stand in the order of the calls: a parent that isn't before
 *   its box is a connection upwards, as of a layer that is called again later.
 */
export function graphLayout(parents: readonly (readonly number[])[]): GraphLayout {
  const rows: number[] = [];
  for (const [box, above] of parents.entries()) {
    rows.push(1 + Math.max(-1, ...above.filter(parent => parent < box).map(parent => rows[parent])));
  }
  const { columns, below } = branches(parents, rows);
  const lanes = Array.from({ length: 1 + Math.max(-1, ...columns) }, () => new Tracks());
  const routes = parents.flatMap((above, to) =>
    above.map((from): Route => {
      const laneColumn = Math.max(columns[from], columns[to]);
      const down = from < to;
      if (down && rows[to] === rows[from] + 1) return { from, to, through: 'gap', laneColumn };
      if (down && below[from] === to) return { from, to, through: 'column', laneColumn };
      // A lane is taken in the gaps between rows; gap i is under row i.
      const [first, last] = down ? [rows[from], rows[to] - 1] : [rows[to] - 1, rows[from]];
      return { from, to, through: lanes[laneColumn].take(first, last), laneColumn };
    }),
  );
  return { rows, columns, lanes: lanes.map(({ count }) => count), routes };
}

/** Parts the graph into paths, longest first, and gives each path a column that is free down to the box that it leads to. */
function branches(
  parents: readonly (readonly number[])[],
  rows: readonly number[],
): { readonly columns: readonly number[]; readonly below: readonly (number | undefined)[] } {
  const below: (number | undefined)[] = nearestChildren(parents, rows);
  const columns: number[] = [];
  const taken = new Tracks();
  const lowestFirst = [...rows.keys()].sort((a, b) => rows[b] - rows[a] || a - b);
  for (const end of lowestFirst) {
    if (columns[end] !== undefined) continue;
    const path = [end];
    for (let box = end; ; ) {
      const [next] = parents[box]
        .filter(parent => parent < box && columns[parent] === undefined)
        .sort((a, b) => rows[b] - rows[a]);
      if (next === undefined) break;
      below[next] = box;
      path.push(next);
      box = next;
    }
    const child = below[end];
    const first = rows[path[path.length - 1]];
    const column = taken.take(first, child === undefined ? rows[end] : rows[child] - 1);
    for (const box of path) columns[box] = column;
  }
  return { columns, below };
}

/** For each box the highest of those under it that are connected to it. */
function nearestChildren(parents: readonly (readonly number[])[], rows: readonly number[]): (number | undefined)[] {
  const nearest: (number | undefined)[] = parents.map(() => undefined);
  for (const [box, above] of parents.entries()) {
    for (const parent of above) {
      const known = nearest[parent];
      if (parent < box && (known === undefined || rows[box] < rows[known])) nearest[parent] = box;
    }
  }
  return nearest;
}

/** Parallel tracks on which spans may not overlap; each span takes the first track that is free there. */
class Tracks {
  private readonly spans: (readonly [first: number, last: number])[][] = [];

  take(first: number, last: number): number {
    const found = this.spans.findIndex(spans => spans.every(([from, to]) => last < from || to < first));
    const track = found === -1 ? this.spans.push([]) - 1 : found;
    this.spans[track].push([first, last]);
    return track;
  }

  get count(): number {
    return this.spans.length;
  }
}
