import * as tf from '@tensorflow/tfjs-core';

/** An operation on tfjs's tape, and what it has kept for its gradient: copies, each an operation on the tape too. */
interface TapeNode {
  readonly outputs: readonly tf.Tensor[];
  readonly saved?: readonly tf.Tensor[];
}

/** What tfjs's engine declares private. */
interface TapeKeeper {
  readonly state: { activeTape: TapeNode[] };
  addTapeNode(...args: readonly unknown[]): void;
}

let ordered = false;

/**
 * Puts operations on tfjs's tape before the copies that they keep of what they have given. tfjs has them after these, whose gradients
 * never reach them: a gradient of a gradient then leaves out what `exp`, `tanh`, `sigmoid` and the like depend on, and nothing tells.
 * A second call changes nothing.
 */
export function orderTape(): void {
  if (ordered) return;
  const engine = tf.engine() as unknown as TapeKeeper;
  const addTapeNode = engine.addTapeNode.bind(engine);
  engine.addTapeNode = (...args) => {
    addTapeNode(...args);
    const { activeTape } = engine.state;
    const [node] = activeTape.splice(-1);
    const { saved = [] } = node;
    let place = activeTape.length;
    while (place > 0 && saved.includes(activeTape[place - 1].outputs[0])) place--;
    activeTape.splice(place, 0, node);
  };
  ordered = true;
}
