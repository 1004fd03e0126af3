import type { Learner } from '../../src/learner/learner.js';
import type { DtypePolicy } from '../../src/native/dtypePolicy.js';
import type { Json } from '../../src/text/json.js';
import type { TrainOptions } from '../train.js';

/** Options that mean the same in every recipe; what is absent has the recipe's default. */
export interface RecipeOptions {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly seed?: number;
  /** Folder of the data set; default: GRADSTREAM_DATA, the cache, or a download. */
  readonly data?: string;
  /** Folder for what the run leaves behind. */
  readonly out?: string;
  /** One native call per step. Default: where native TensorFlow is there. */
  readonly compile?: boolean;
  /** What compiled steps compute in. */
  readonly dtypePolicy?: DtypePolicy;
}

/** How a recipe talks to a person. */
export interface RecipeTalk {
  /** Part of the result: summaries, test accuracy. */
  say(line: string): void;
  /** About the work: where data came from, what is being fetched. */
  note(line: string): void;
}

/** An option of one recipe alone, as commander wants it: `--n <blocks>`. */
export interface RecipeFlag {
  readonly flags: string;
  readonly description: string;
  readonly default: number | boolean;
  /** Where but a few numbers will do. */
  readonly choices?: readonly number[];
}

/** A complete training run that one command reproduces. */
export interface Recipe<Own extends object = object> {
  /** Word on the command line. */
  readonly name: string;
  /** One line of help. */
  readonly description: string;
  readonly defaults: { readonly epochs: number; readonly batchSize: number };
  readonly flags?: readonly RecipeFlag[];
  /** Builds model and data; what it gives is what `train` runs. */
  prepare(options: RecipeOptions & Partial<Own>, talk: RecipeTalk): Promise<PreparedRecipe>;
}

export interface PreparedRecipe {
  readonly train: Omit<TrainOptions, 'stopOn' | 'snapshots' | 'resume'>;
  /** What the run was asked to do, for its checkpoints. */
  readonly config: Json;
  /** Where the trained model is saved. Default: in the folder of the run, where there is one. */
  readonly modelFile?: string;
  /** Lines about the trained model, such as some of its predictions. */
  show?(learner: Learner): Promise<readonly string[]>;
}
