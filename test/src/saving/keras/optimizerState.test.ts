import { describe, expect, it } from 'vitest';
import type { StoredArray } from '../../../../src/file/storedArray.js';
import type { OptimizerOptions } from '../../../../src/optimizer/optimizer.js';
import { optimizerByName } from '../../../../src/optimizer/optimizerByName.js';
import { optimizerConfigOf } from '../../../../src/saving/keras/optimizerConfigOf.js';
import { readOptimizerState, slotOrder } from '../../../../src/saving/keras/optimizerState.js';

const shapes = [[2, 3], [3]];

/** Arrays of the given shapes, each filled with its own number. */
const stored = (...list: readonly (readonly number[])[]): StoredArray[] =>
  list.map((shape, i) => ({
    name: `${i}`,
    shape,
    read: () => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(i + 5),
  }));

const [kernel, bias, scalar] = [[2, 3], [3], []];

describe('readOptimizerState', () => {
  it.each([
    ['SGD', {}, [scalar, scalar], []],
    ['SGD', { momentum: 0.9 }, [scalar, scalar, kernel, bias], ['momentum 0', 'momentum 1']],
    [
      'Adam',
      {},
      [scalar, scalar, kernel, kernel, bias, bias],
      ['momentum 0', 'velocity 0', 'momentum 1', 'velocity 1'],
    ],
    [
      'Adam',
      { amsgrad: true },
      [scalar, scalar, kernel, kernel, bias, bias, kernel, bias],
      ['momentum 0', 'velocity 0', 'momentum 1', 'velocity 1', 'velocity_hat 0', 'velocity_hat 1'],
    ],
    [
      'RMSprop',
      { momentum: 0.5, centered: true },
      [scalar, scalar, kernel, bias, kernel, bias, kernel, bias],
      ['velocity 0', 'velocity 1', 'momentum 0', 'momentum 1', 'average_gradient 0', 'average_gradient 1'],
    ],
    [
      'Nadam',
      {},
      [scalar, scalar, kernel, kernel, bias, bias, scalar],
      ['momentum 0', 'velocity 0', 'momentum 1', 'velocity 1', 'u_product null'],
    ],
    [
      'SGD',
      { momentum: 0.9, use_ema: true },
      [scalar, scalar, kernel, bias, kernel, bias],
      ['average 0', 'average 1', 'momentum 0', 'momentum 1'],
    ],
    [
      'Adagrad',
      { learning_rate: { class_name: 'X', config: {} } },
      [scalar, kernel, bias],
      ['accumulator 0', 'accumulator 1'],
    ],
  ])('understands Keras 3’s %s %j', (className, parameters, arrays, slots) => {
    const state = readOptimizerState(stored(...arrays), { className, parameters }, shapes, true);
    expect(state.iterations).toBe(5);
    expect(state.slots.map(({ slot, weight }) => `${slot} ${weight}`)).toEqual(slots);
  });

  it.each([
    ['RMSprop', { centered: true }, 'a_velocity b_velocity a_average_gradient b_average_gradient'],
    ['AdamW', {}, 'a_momentum a_velocity b_momentum b_velocity'],
    ['AdamW', { amsgrad: true }, 'a_momentum a_velocity b_momentum b_velocity a_velocity_hat b_velocity_hat'],
    ['Adamax', {}, 'a_momentum a_norm b_momentum b_norm'],
    ['Adadelta', {}, 'a_accumulated_grad a_accumulated_delta_var b_accumulated_grad b_accumulated_delta_var'],
    ['Ftrl', {}, 'a_accumulator a_linear b_accumulator b_linear'],
    ['Lamb', {}, 'a_momentum a_velocity b_momentum b_velocity'],
    ['Lion', {}, 'a_momentum b_momentum'],
    [
      'SGD',
      { momentum: 0.9, use_ema: true, gradient_accumulation_steps: 2 },
      'a_average b_average a_gradient_accumulator b_gradient_accumulator a_momentum b_momentum',
    ],
  ])('takes the arrays of %s %j in the order of Keras 3.15.1', (className, parameters, names) => {
    const arrays = stored([], [], ...names.split(' ').map(() => [1]));
    const { slots } = readOptimizerState(arrays, { className, parameters }, [[1], [1]], true);
    expect(slots.map(({ slot, weight }) => `${'ab'[weight ?? 2]}_${slot}`).join(' ')).toBe(names);
  });

  it.each([
    ['Adam', {}, [scalar, scalar, kernel, kernel, bias, bias]],
    ['SGD', {}, [scalar, scalar]],
    ['Nadam', {}, [scalar, scalar, kernel, kernel, bias, bias, scalar]],
    ['Adagrad', { learning_rate: { class_name: 'X', config: {} } }, [scalar, kernel, bias]],
  ])('finds that of %s %j behind what scales the loss', (className, parameters, arrays) => {
    const scaling = stored(scalar, scalar, scalar, scalar).map(array => ({
      ...array,
      read: () => Float32Array.of(99),
    }));
    const optimizer = { className, parameters };
    const own = stored(...arrays);
    const alone = readOptimizerState(own, optimizer, shapes, true);
    expect(alone.iterations).toBe(5);
    expect(readOptimizerState([...scaling, ...own], optimizer, shapes, true)).toEqual(alone);
  });

  it.each([
    [
      'Adam',
      {},
      [scalar, kernel, bias, kernel, bias, [1], [1]],
      ['momentum 0', 'momentum 1', 'velocity 0', 'velocity 1'],
      5,
    ],
    ['SGD', { momentum: 0 }, [scalar, kernel, bias], ['momentum 0', 'momentum 1'], 5],
    ['SGD', { momentum: 0 }, [scalar], [], 5],
    ['RMSprop', {}, [kernel, bias], ['velocity 0', 'velocity 1'], null],
    ['RMSprop', {}, [scalar, kernel, bias], ['velocity 0', 'velocity 1'], 5],
    [
      'Nadam',
      {},
      [scalar, scalar, kernel, bias, kernel, bias],
      ['momentum 0', 'momentum 1', 'velocity 0', 'velocity 1'],
      5,
    ],
  ])('understands Keras 2’s %s %j', (className, parameters, arrays, slots, iterations) => {
    const state = readOptimizerState(stored(...arrays), { className, parameters }, shapes, false);
    expect(state.iterations).toBe(iterations);
    expect(state.slots.map(({ slot, weight }) => `${slot} ${weight}`)).toEqual(slots);
  });

  it('understands a model that was compiled, but never trained', () => {
    const [iteration, rate] = stored([], []).map(array => ({ ...array, read: () => Float32Array.of(0) }));
    const adam = { className: 'Adam', parameters: { learning_rate: 0.1 } };
    expect(readOptimizerState([iteration, rate], adam, shapes, true)).toEqual({ iterations: 0, slots: [] });
    const built = [iteration, rate, ...stored(kernel, kernel, bias, bias)];
    expect(readOptimizerState(built, adam, shapes, true).slots).toHaveLength(4);
  });

  it.each([
    [
      'a missing array',
      [scalar, scalar, kernel],
      /for momentum of trainable weight 1, shape \[3\], the file has nothing/,
    ],
    ['a state of nothing after updates', [scalar, scalar], /trainable weight 0, shape \[2,3\], the file has nothing/],
    ['another shape', [scalar, scalar, [3, 2], bias], /trainable weight 0, shape \[2,3\], the file has \[3,2\]/],
    ['an array too many', [scalar, scalar, kernel, bias, bias], /no place for 1/],
  ])('refuses %s', (_, arrays, problem) => {
    const sgd = { className: 'SGD', parameters: { momentum: 0.9 } };
    expect(() => readOptimizerState(stored(...arrays), sgd, shapes, true)).toThrow(problem);
  });

  it('names the optimizers that it knows for any other', () => {
    expect(() => slotOrder({ className: 'Shampoo', parameters: {} })).toThrow(/Shampoo.*SGD, RMSprop/);
  });
});

describe('our optimizers keep the slots that Keras’s files have', () => {
  it.each([
    ['sgd', {}],
    ['sgd', { momentum: 0.9 }],
    ['rmsprop', {}],
    ['rmsprop', { momentum: 0.5, centered: true }],
    ['adam', {}],
    ['adam', { amsgrad: true }],
    ['adamw', {}],
    ['adamax', {}],
    ['adagrad', {}],
    ['adadelta', {}],
    ['lion', {}],
    ['nadam', {}],
  ])('%s %j', (name, options) => {
    const optimizer = optimizerByName(name, options as OptimizerOptions);
    const ours = optimizer.transform.slots({ name: 'w', shape: [2] }).map(slot => slot.name);
    const config = optimizerConfigOf(optimizer);
    expect(ours.filter(slot => slot !== 'u_product').sort()).toEqual(slotOrder(config).flat().sort());
  });
});
