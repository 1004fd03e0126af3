import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { HostArray } from '../array/hostArray.js';
import type { Batch } from '../data/batch.js';
import type { ArraySource } from '../data/source.js';
import { checkNames } from '../error/checkNames.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { inputNamesOf, outputNamesOf } from '../layer/endNames.js';
import { ownValue } from '../text/ownValue.js';
import { checkRows } from './checkRows.js';
import type { Head } from './head.js';
import { checkClassNumbers, fitsShape, type LabelForm, labelForm, shapeText } from './labels.js';
import type { ModelOutput } from './learner.js';
import type { Inputs } from './program.js';

/** What goes into a model, and what its outputs are compared with, as arrays or tensors. */
interface Given<T> extends Inputs<T> {
  readonly y: T;
}

/** What data a model takes, and how its losses want the labels. */
export class ModelData {
  /** Sources are looked through once. */
  private readonly forms = new WeakMap<ArraySource, readonly LabelForm[]>();
  private readonly inputNames: readonly string[];
  private readonly outputNames: readonly string[];

  constructor(
    private readonly model: LayersModel,
    private readonly heads: readonly Head[],
  ) {
    this.inputNames = inputNamesOf(model);
    this.outputNames = outputNamesOf(model);
  }

  /**
   * In what form the losses want the labels of a batch, head by head.
   *
   * @throws LabelMismatchError where they don't fit the model's output
   * @throws InvalidArgumentError where the inputs don't fit the model's, or something is missing
   * @throws UnknownNameError where the model has no such input or output
   */
  labelForms(batch: Batch): readonly LabelForm[] {
    if (batch.kind === 'values') return this.formsOf(batch, 'the batch');
    const { source } = batch;
    const known = this.forms.get(source);
    if (known !== undefined) return known;
    const forms = this.formsOf(source, source.name);
    this.forms.set(source, forms);
    return forms;
  }

  /** @throws InvalidArgumentError where they don't fit the model's, or are not as many as their shape says */
  checkInputs(given: Inputs<HostArray>): void {
    this.checkExamples(given, 'the inputs', 'Give x as [rows, …the shape of one example].');
    checkRows(this.inputs(given), this.inputNames);
  }

  /** In the model's order. */
  inputs<T>({ x, aux }: Inputs<T>): T[] {
    const further = this.inputNames.slice(1).map(name => ownValue(aux?.inputs, name));
    return [x, ...(further as T[])];
  }

  /** Head by head. */
  targets<T>({ y, aux }: Pick<Given<T>, 'y' | 'aux'>): T[] {
    return this.heads.map(({ index, name }) => (index === 0 ? y : ownValue(aux?.targets, name)) as T);
  }

  /** What has come out of the model, in its order, as those want it who ask a learner. */
  output([first, ...further]: readonly HostArray[]): ModelOutput {
    if (further.length === 0) return first;
    const names = this.outputNames.slice(1);
    return { ...first, aux: Object.fromEntries(further.map((array, i) => [names[i], array])) };
  }

  private checkExamples(given: Inputs<HostArray>, what: string, cure: string): void {
    const { model, inputNames } = this;
    const [first, ...further] = inputNames;
    checkNames(`input of the model '${model.name}' beside '${first}'`, Object.keys(given.aux?.inputs ?? {}), further);
    for (const [i, array] of this.inputs<HostArray | undefined>(given).entries()) {
      const name = inputNames[i];
      if (array === undefined) {
        throw new InvalidArgumentError(
          `The model '${model.name}' has the inputs ${inputNames.join(', ')}, but ${what} come without '${name}'. ` +
            `Give it as aux.inputs.${name}; x is '${first}'.`,
        );
      }
      const [example, wanted] = [array.shape.slice(1), model.inputs[i].shape.slice(1)];
      if (fitsShape(example, wanted) || changesItsInput(model)) continue;
      const taker = i === 0 ? `the model '${model.name}'` : `the input '${name}' of the model '${model.name}'`;
      throw new InvalidArgumentError(
        `The examples of ${what} have shape [${example}], but ${taker} takes [${shapeText(wanted)}]. ${cure}`,
      );
    }
  }

  private formsOf(given: Given<HostArray>, name: string): readonly LabelForm[] {
    this.checkExamples(given, `'${name}'`, 'Change the source, or the inputShape of the first layer.');
    const [first, ...further] = this.outputNames;
    checkNames(
      `output of the model '${this.model.name}' beside '${first}'`,
      Object.keys(given.aux?.targets ?? {}),
      further,
    );
    const targets = this.targets<HostArray | undefined>(given);
    return this.heads.map((head, i) => formOf(head, targets[i], name));
  }
}

function formOf({ name, index, loss, outputShape }: Head, y: HostArray | undefined, source: string): LabelForm {
  if (y === undefined) {
    throw new InvalidArgumentError(
      `The model's output '${name}' has a loss, but '${source}' comes without targets for it. Give them as aux.targets.${name}.`,
    );
  }
  const origin = index === 0 ? source : `${source}, aux.targets.${name}`;
  const form = labelForm(loss, y.shape.slice(1), outputShape, origin);
  if (form === 'oneHot' || form === 'classNumbers') {
    const ignored = (loss.config.ignore_class ?? null) as number | null;
    checkClassNumbers(y, { count: outputShape.at(-1) ?? null, ignored }, origin);
  }
  return form;
}

/** tfjs's CenterCrop writes its own size into the shape that it is given. */
const changesItsInput = (model: LayersModel): boolean =>
  model.layers.some(layer => layer.getClassName() === 'CenterCrop');
