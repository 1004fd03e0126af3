import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type HostArray, sizeOf } from '../array/hostArray.js';
import type { Batch } from '../data/batch.js';
import type { ArraySource } from '../data/source.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Loss } from '../loss/loss.js';
import { checkClassNumbers, fitsShape, type LabelForm, labelForm, type OutputShape, shapeText } from './labels.js';

/** What data a model takes, and how its loss wants the labels. */
export class ModelData {
  readonly outputShape: OutputShape;
  /** Sources are looked through once. */
  private readonly forms = new WeakMap<ArraySource, LabelForm>();

  constructor(
    private readonly model: LayersModel,
    private readonly loss: Loss,
  ) {
    this.outputShape = model.outputs[0].shape.slice(1);
  }

  /**
   * In what form the loss wants the labels of a batch.
   *
   * @throws LabelMismatchError where they don't fit the model's output
   * @throws InvalidArgumentError where the inputs don't fit the model's
   */
  labelForm(batch: Batch): LabelForm {
    if (batch.kind === 'values') return this.formOf(batch, 'the batch');
    const { source } = batch;
    const known = this.forms.get(source);
    if (known !== undefined) return known;
    const form = this.formOf(source, source.name);
    this.forms.set(source, form);
    return form;
  }

  /** @throws InvalidArgumentError where they don't fit the model's, or are not as many as their shape says */
  checkInputs({ data, shape }: HostArray): void {
    if (data.length !== sizeOf(shape)) {
      throw new InvalidArgumentError(
        `The inputs have ${data.length} values, but their shape [${shape}] says ${sizeOf(shape)}.`,
      );
    }
    this.checkExample(shape, 'the inputs', 'Give x as [rows, …the shape of one example].');
  }

  private checkExample(shape: readonly number[], what: string, cure: string): void {
    const { model } = this;
    const [example, wanted] = [shape.slice(1), model.inputs[0].shape.slice(1)];
    if (fitsShape(example, wanted) || changesItsInput(model)) return;
    throw new InvalidArgumentError(
      `The examples of ${what} have shape [${example}], but the model '${model.name}' takes [${shapeText(wanted)}]. ${cure}`,
    );
  }

  private formOf({ x, y }: { readonly x: HostArray; readonly y: HostArray }, name: string): LabelForm {
    const { loss } = this;
    this.checkExample(x.shape, `'${name}'`, 'Change the source, or the inputShape of the first layer.');
    const form = labelForm(loss, y.shape.slice(1), this.outputShape, name);
    if (form === 'oneHot' || form === 'classNumbers') {
      const ignored = (loss.config.ignore_class ?? null) as number | null;
      checkClassNumbers(y, { count: this.outputShape.at(-1) ?? null, ignored }, name);
    }
    return form;
  }
}

/** tfjs's CenterCrop writes its own size into the shape that it is given. */
const changesItsInput = (model: LayersModel): boolean =>
  model.layers.some(layer => layer.getClassName() === 'CenterCrop');
