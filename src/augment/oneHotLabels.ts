import type { HostArray } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/**
 * Labels that can be mixed: one-hot ones as they are, class numbers as one-hot where the number of classes is known.
 *
 * @param what names the transform in messages
 * @throws InvalidArgumentError for class numbers without `classes`, or outside of it, and for one-hot labels of another length
 */
export function oneHotLabels(what: string, y: HostArray, classes?: number): HostArray {
  const [size, ...rest] = y.shape;
  if (rest.length > 0) {
    if (classes === undefined || rest.at(-1) === classes) return y;
    throw new InvalidArgumentError(
      `${what}: labels have ${rest.at(-1)} values, but classes is ${classes}. Leave it out for one-hot labels.`,
    );
  }
  if (classes === undefined) {
    throw new InvalidArgumentError(
      `${what}: labels are class numbers, which can't be mixed. Say how many classes there are by 'classes', or give ` +
        "one-hot labels (class mode 'categorical'), and train with 'categorical_crossentropy'.",
    );
  }
  const data = new Float32Array(size * classes);
  y.data.forEach((label, i) => {
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new InvalidArgumentError(`${what}: a label is ${label}, expected a class number from 0 to ${classes - 1}.`);
    }
    data[i * classes + label] = 1;
  });
  return { data, shape: [size, classes] };
}
