import { Command, Option } from 'commander';
import { concatMap, lastValueFrom, type Observable, takeUntil, tap } from 'rxjs';
import { liveView } from '../../operators/liveView.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { eventToJson } from '../../src/event/eventJson.js';
import type { FilterEnd, FilterEvent } from '../../src/filters/filterEvent.js';
import type { NetworkPart } from '../../src/filters/networkPart.js';
import { parseFilters } from '../../src/filters/parseFilters.js';
import type { DtypePolicy } from '../../src/native/dtypePolicy.js';
import { drawSeed } from '../../src/random/drawSeed.js';
import { clock } from '../../src/text/clock.js';
import { filterPictures } from '../filters/filterPictures.js';
import { networkFor } from '../filters/networkFor.js';
import { PictureFiles } from '../filters/pictureFiles.js';
import { dtypePolicyOption } from './dtypePolicyOption.js';
import { folderName } from './folderName.js';
import { interrupt } from './interrupt.js';
import { type LiveFlag, liveOption, portOf } from './liveOption.js';
import { count, positive, wholeNumber } from './numbers.js';
import { ProgressLine } from './progressLine.js';
import { startBackend } from './startBackend.js';

interface FilterFlags {
  readonly network: 'vgg16' | 'vgg19';
  readonly weights?: string;
  readonly model?: string;
  readonly layer: string;
  readonly filters?: string;
  readonly size: number;
  readonly upscalings: number;
  readonly factor: number;
  readonly steps: number;
  readonly stepSize: number;
  readonly batch: number;
  readonly upscaling: 'levels' | 'float';
  readonly jitter: number;
  readonly grid?: number;
  readonly order?: 'rgb' | 'bgr';
  readonly swap: boolean;
  readonly seed?: number;
  readonly out: string;
  readonly threads?: number;
  readonly dtypePolicy?: DtypePolicy;
  readonly live?: LiveFlag;
  readonly json?: boolean;
}

/** `gradstream filters`: pictures of what a network's filters look for. */
export function filtersCommand(): Command {
  return new Command('filters')
    .addOption(new Option('--network <name>', 'which network').choices(['vgg16', 'vgg19']).default('vgg16'))
    .option('--weights <file>', "its weights, a Keras .h5 (default: the cache, or Keras's file is downloaded)")
    .option('--model <file>', 'another model: .h5, .keras or tfjs .json')
    .option('--layer <name>', 'a convolution layer', 'block5_conv1')
    .option('--filters <list>', 'such as 0-511 or 3,7,12-15 (default: all of the layer)')
    .option('--size <pixels>', 'of a finished picture', count, 412)
    .option('--upscalings <n>', 'how often a picture grows', count, 9)
    .option('--factor <x>', 'by how much each time', positive, 1.2)
    .option('--steps <n>', 'ascent steps on each scale', count, 15)
    .option('--step-size <x>', 'of an ascent step', positive, 1)
    .option('--batch <n>', 'filters that are climbed together', count, 1)
    .addOption(
      new Option('--upscaling <how>', 'by way of 8-bit levels, as published, or in floats')
        .choices(['levels', 'float'])
        .default('levels'),
    )
    .option('--jitter <pixels>', 'random shifts around each step', wholeNumber, 0)
    .option('--grid <n>', 'stitch the best n x n pictures (default: as many as there are enough for)', count)
    .addOption(
      new Option('--order <channels>', "of the network's input (default: bgr for a VGG, rgb for --model)").choices([
        'rgb',
        'bgr',
      ]),
    )
    .option('--no-swap', "save in the network's own channel order, as the published program does")
    .option('--seed <n>', 'the noise that each filter starts from (default: drawn and shown)', wholeNumber)
    .option('--out <dir>', 'where the pictures go; a run that was broken off goes on there', folderName, 'filters')
    .option('--threads <n>', 'processors to use (default: all)', count)
    .addOption(dtypePolicyOption())
    .addOption(liveOption('show in a browser how the pictures come about'))
    .option('--json', 'print each event as one JSON line on stdout, and nothing else there')
    .addHelpText('after', '\nExample:\n  gradstream filters --layer block3_conv1 --filters 0-15 --size 200 --batch 8')
    .action(drawFilters);
}

async function drawFilters(flags: FilterFlags): Promise<void> {
  const asked = flags.filters === undefined ? undefined : parseFilters(flags.filters);
  await startBackend({ threads: flags.threads });
  const part = await loadNetwork(flags);
  try {
    await drawFiltersOf(part, asked ?? Array.from({ length: part.filters }, (_, i) => i), flags);
  } finally {
    part.model.dispose();
  }
}

async function drawFiltersOf(part: NetworkPart, filters: readonly number[], flags: FilterFlags): Promise<void> {
  const { json = false, size, upscalings, factor, steps, stepSize, batch, upscaling, jitter } = flags;
  const { dtypePolicy = 'float32', live } = flags;
  const say = json ? () => undefined : (line: string) => void process.stdout.write(`${line}\n`);
  checkGrid(flags.grid, new Set(filters).size);
  checkChannels(part);
  const settings = { layer: part.layer, size, upscalings, factor, steps, stepSize, upscaling, jitter, dtypePolicy };
  const files = await openFiles(flags, settings);
  const left = filters.filter(filter => !files.has(filter));
  const events$ =
    left.length === 0
      ? null
      : filterPictures({ part, filters: left, batch, seed: files.seed, preview: live !== undefined, ...settings });
  say(`${part.layer}: ${workOf(left.length, filters.length - left.length)}; seed ${files.seed}`);
  const began = performance.now();
  if (events$ !== null) {
    const report = json ? writeLine : reporter(left.length, say);
    const watched$ =
      live === undefined ? events$ : events$.pipe(liveView({ ...portOf(live), channelOrder: channelOrder(flags) }));
    if (!(await drawInto(files, watched$, report))) {
      note(`Stopped. ${files.kept} pictures are in ${flags.out}; the same command goes on with the rest.`);
      return;
    }
    const seconds = (performance.now() - began) / 1000;
    say(`${files.kept} of ${filters.length} filters kept, ${seconds.toFixed(1)} s in all`);
  }
  const stitched = await files.stitch(filters, flags.grid ?? null);
  say(stitched === null ? 'No filter answered: there is nothing to stitch.' : `Stitched: ${stitched}`);
}

const channelOrder = ({ order, model }: FilterFlags): 'rgb' | 'bgr' => order ?? (model === undefined ? 'bgr' : 'rgb');

function openFiles(flags: FilterFlags, settings: Readonly<Record<string, string | number>>): Promise<PictureFiles> {
  const swap = flags.swap && channelOrder(flags) === 'bgr';
  const network = flags.model ?? flags.network;
  const colours = swap ? 'swapped' : 'as they are';
  const all = { network, weights: flags.weights ?? '', ...settings, colours, seed: flags.seed };
  return PictureFiles.open(flags.out, all, drawSeed(), swap);
}

/** False where it was interrupted. */
async function drawInto(
  files: PictureFiles,
  events$: Observable<FilterEvent>,
  report: (event: FilterEvent) => void,
): Promise<boolean> {
  let isWhole = true;
  const run$ = events$.pipe(
    takeUntil(interrupt(note).pipe(tap(() => (isWhole = false)))),
    tap(report),
    concatMap(async event => {
      if (event.type === 'epochEnd') await files.save(event);
    }),
  );
  await lastValueFrom(run$, { defaultValue: undefined });
  return isWhole;
}

const note = (line: string): void => void process.stderr.write(`${line}\n`);

const writeLine = (event: FilterEvent): void => void process.stdout.write(`${eventToJson(event)}\n`);

const workOf = (left: number, found: number): string =>
  `${left} ${left === 1 ? 'filter' : 'filters'} to draw${found > 0 ? `, ${found} are there` : ''}`;

/** Before the work: afterwards it would be known at once as well, but late. */
function checkGrid(grid: number | undefined, filters: number): void {
  if (grid === undefined || grid ** 2 <= filters) return;
  throw new InvalidArgumentError(
    `A grid of ${grid}×${grid} needs ${grid ** 2} pictures, but --filters names ${filters}. Give a smaller --grid.`,
  );
}

/** A PNG holds grey or colours, each with or without opacity. */
function checkChannels({ model, channels }: NetworkPart): void {
  if (channels <= 4) return;
  throw new InvalidArgumentError(
    `'${model.name}' takes pictures with ${channels} channels, and a PNG holds 4 at most: draw them by filterPictures() in a program.`,
  );
}

async function loadNetwork({ network, weights, model, layer }: FilterFlags) {
  const progress = new ProgressLine(process.stderr);
  try {
    return await networkFor({
      layer,
      network,
      ...(model === undefined ? {} : { model }),
      ...(weights === undefined ? {} : { weights }),
      onProgress: state => progress.update(state),
    });
  } finally {
    progress.clear();
  }
}

/** A line for each filter, with what is left of the time. */
function reporter(total: number, say: (line: string) => void) {
  let began = performance.now();
  return (event: FilterEvent): void => {
    if (event.type === 'runStart') began = performance.now();
    if (event.type === 'warning') note(event.message);
    if (event.type !== 'epochEnd') return;
    const done = event.epoch + 1;
    const milliseconds = ((performance.now() - began) / done) * (total - done);
    const eta = done < total ? `, ${clock(milliseconds)} left` : '';
    say(`Filter ${event.filter} (${done}/${total}): ${outcome(event)}, ${event.logs.seconds.toFixed(1)}s${eta}`);
  };
}

const outcome = ({ loss, dropped }: FilterEnd): string =>
  dropped === null ? `loss ${loss.toFixed(4)}` : `dropped on scale ${dropped.scale}: ${dropped.reason}`;
