import { ascent } from './kinds/ascent.js';
import { bad } from './kinds/bad.js';
import { checkpoint } from './kinds/checkpoint.js';
import { combined } from './kinds/combined.js';
import { csvLogger } from './kinds/csvLogger.js';
import { deprocess } from './kinds/deprocess.js';
import { earlyStopping } from './kinds/earlyStopping.js';
import { fit } from './kinds/fit.js';
import { flowSplit } from './kinds/flowSplit.js';
import { load } from './kinds/load.js';
import { nonFinite } from './kinds/nonFinite.js';
import { numeric } from './kinds/numeric.js';
import { plateau } from './kinds/plateau.js';
import { process } from './kinds/process.js';
import { resize } from './kinds/resize.js';
import { sampling } from './kinds/sampling.js';
import { schedule } from './kinds/schedule.js';
import { sizes } from './kinds/sizes.js';
import { standardize } from './kinds/standardize.js';
import { stitch } from './kinds/stitch.js';
import { structure } from './kinds/structure.js';
import { transform } from './kinds/transform.js';
import type { Runner } from './runner.js';

/** Every kind of golden case and who runs it. */
export const kinds: Readonly<Record<string, Runner>> = {
  ascent,
  bad,
  checkpoint,
  combined,
  csv_logger: csvLogger,
  deprocess,
  early_stopping: earlyStopping,
  fit,
  flow_split: flowSplit,
  load,
  non_finite: nonFinite,
  numeric,
  plateau,
  process,
  resize,
  sampling,
  schedule,
  sizes,
  standardize,
  stitch,
  structure,
  transform,
  zca: standardize,
};
