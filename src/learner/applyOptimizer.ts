import * as tf from '@tensorflow/tfjs-core';
import type { Output } from '../graph/graph.js';
import { currentTracer, type Tracer } from '../graph/tracer.js';
import { DataType } from '../native/dataType.js';
import { boolAttribute, typeAttribute } from '../native/executor.js';
import type { FusedKernel, KernelInput } from '../optimizer/fusedKernel.js';
import type { Gradient } from '../optimizer/gradient.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import type { ModelVariable } from './modelVariables.js';
import type { WeightSlots } from './weightSlots.js';

interface Update {
  readonly optimizer: Optimizer;
  readonly weights: readonly ModelVariable[];
  readonly slots: readonly WeightSlots[];
  readonly gradients: readonly Gradient[];
  readonly learningRate: tf.Scalar;
  readonly iterations: tf.Scalar;
}

/**
 * Moves the weights along their gradients. In a trace TensorFlow's in-place kernels do it where the optimizer has one: for
 * each weight that isn't constrained and whose gradient is one array. Else the optimizer's formulas.
 */
export function applyOptimizer(update: Update): void {
  const tracer = currentTracer();
  const { kernel } = update.optimizer;
  if (tracer === undefined || kernel === undefined) {
    applyFormulas(update);
    return;
  }
  const rest: number[] = [];
  for (const [i, { constrain }] of update.weights.entries()) {
    const gradient = update.gradients[i];
    if (constrain === undefined && gradient instanceof tf.Tensor) applyKernel(tracer, kernel, update, i, gradient);
    else rest.push(i);
  }
  if (rest.length > 0) applyFormulas(only(rest, update));
}

/** A kernel stands for a rule that treats each weight alone, so that some of them can be updated by the rule itself. */
const only = (places: readonly number[], { weights, slots, gradients, ...update }: Update): Update => ({
  ...update,
  weights: places.map(i => weights[i]),
  slots: places.map(i => slots[i]),
  gradients: places.map(i => gradients[i]),
});

function applyKernel(
  tracer: Tracer,
  kernel: FusedKernel,
  { weights, slots, learningRate, iterations }: Update,
  i: number,
  gradient: tf.Tensor,
): void {
  const attributes = [
    typeAttribute('T', DataType.float32),
    ...Object.entries(kernel.attributes).map(([name, value]) => boolAttribute(name, value)),
  ];
  const { variable } = weights[i];
  const { slots: own, scratch } = slots[i];
  const output = (input: KernelInput): Output => {
    if (input === 'variable') return tracer.handle(variable);
    if (input === 'gradient') return tracer.output(gradient);
    if (input === 'learningRate') return tracer.output(learningRate);
    if ('slot' in input) return tracer.handle(own.get(input.slot) as tf.Variable);
    if ('scratch' in input) return tracer.handle(scratch.get(input.scratch) as tf.Variable);
    if ('rateTimes' in input) return tracer.output(tf.mul(learningRate, input.rateTimes));
    return tracer.output('constant' in input ? tf.scalar(input.constant) : input.derived(iterations));
  };
  tracer.update(variable, kernel.op, attributes, kernel.inputs.map(output));
}

function applyFormulas({ optimizer, weights, slots, gradients, learningRate, iterations }: Update): void {
  const slotVariables = slots.map(ofWeight => [...ofWeight.slots.values()]);
  const next = optimizer.transform.update({
    gradients,
    parameters: weights.map(({ variable }) => variable),
    slots: slotVariables,
    names: weights.map(({ name }) => name),
    learningRate,
    iterations,
  });
  for (const [i, { variable, constrain }] of weights.entries()) {
    variable.assign(constrain === undefined ? next.parameters[i] : constrain(next.parameters[i]));
    for (const [j, slot] of slotVariables[i].entries()) slot.assign(next.slots[i][j]);
  }
}
