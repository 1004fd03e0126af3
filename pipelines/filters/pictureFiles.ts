import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import sharp from 'sharp';
import { FileFormatError } from '../../src/error/fileFormatError.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { atomicWrite } from '../../src/file/atomicWrite.js';
import { withFileLock } from '../../src/file/fileLock.js';
import { makeWritableFolder } from '../../src/file/makeWritableFolder.js';
import type { FilterEnd } from '../../src/filters/filterEvent.js';
import type { Picture } from '../../src/filters/picture.js';
import { bestFirst, stitch, stitchedFile } from '../../src/filters/stitch.js';
import { swapChannels } from '../../src/filters/swapChannels.js';
import { isRecord } from '../../src/text/json.js';

/** What the pictures in a folder depend on; a run goes on only where all of it is equal. */
export type PictureSettings = Readonly<Record<string, string | number>>;

interface Ledger {
  readonly settings: PictureSettings;
  /** Last loss of each finished filter; null where it was dropped. */
  readonly losses: Record<string, number | null>;
}

const LEDGER = 'filters.json';

/**
 * The folder that a run leaves its pictures in: a PNG a filter, whole as soon as it is there, and a ledger by which a run
 * that was broken off goes on.
 */
export class PictureFiles {
  private constructor(
    readonly folder: string,
    private readonly ledger: Ledger,
    private readonly swap: boolean,
  ) {}

  /**
   * @param settings.seed where it is undefined, that of the ledger is taken, else `drawn`
   * @param swap whether the pictures' channels are BGR and have to be swapped for the files
   * @throws InvalidArgumentError where the folder has pictures made with other settings
   * @throws FileAccessError where nothing can be written there
   */
  static async open(
    folder: string,
    { seed, ...others }: { readonly seed: number | undefined; readonly [name: string]: string | number | undefined },
    drawn: number,
    swap: boolean,
  ): Promise<PictureFiles> {
    await makeWritableFolder(folder, 'the pictures', 'name another folder by --out');
    const found = await readLedger(join(folder, LEDGER));
    const settings = { ...others, seed: seed ?? found?.settings.seed ?? drawn } as PictureSettings;
    if (found !== null) checkSettings(folder, settings, found.settings);
    const losses = await lossesOfPictures(folder, settings, found?.losses ?? {});
    return new PictureFiles(folder, { settings, losses }, swap);
  }

  get seed(): number {
    return this.ledger.settings.seed as number;
  }

  /** Whether the filter needs no more work. */
  has(filter: number): boolean {
    return Object.hasOwn(this.ledger.losses, filter);
  }

  get kept(): number {
    return Object.values(this.ledger.losses).filter(loss => loss !== null).length;
  }

  /**
   * Writes the picture, then the ledger, with what another run has noted there meanwhile.
   *
   * @throws InvalidArgumentError where that other run has other settings
   */
  async save({ filter, loss, picture }: Pick<FilterEnd, 'filter' | 'loss' | 'picture'>): Promise<void> {
    const { folder, ledger } = this;
    const file = join(folder, LEDGER);
    await withFileLock(file, async () => {
      const found = await readLedger(file);
      if (found !== null) checkSettings(folder, ledger.settings, found.settings);
      if (picture !== null)
        await writePicture(join(folder, this.fileOf(filter)), this.swap ? swapChannels(picture) : picture);
      Object.assign(ledger.losses, found?.losses, { [filter]: picture === null ? null : loss });
      await atomicWrite(file, `${JSON.stringify(ledger)}\n`);
    });
  }

  /** Puts the best n × n pictures in one file; null where there is none. */
  async stitch(filters: readonly number[], n: number | null): Promise<string | null> {
    const kept = filters.filter(filter => this.ledger.losses[filter] != null);
    if (kept.length === 0) return null;
    const losses = kept.map(filter => this.ledger.losses[filter] as number);
    const side = n ?? Math.floor(Math.sqrt(kept.length));
    const best = bestFirst(losses).slice(0, side * side);
    const pictures = await Promise.all(best.map(i => readPicture(join(this.folder, this.fileOf(kept[i])))));
    const stitched = stitch(
      pictures,
      best.map(i => losses[i]),
      { n },
    );
    const { layer, network } = this.ledger.settings;
    const file = join(this.folder, stitchedFile(inFileName(layer), stitched.n, shortName(`${network}`)));
    await writePicture(file, stitched.picture);
    return file;
  }

  private fileOf(filter: number): string {
    return fileOf(this.ledger.settings, filter);
  }
}

/** `vgg` of `vgg16`, and `net` of a model's file `models/net.keras`. */
const shortName = (network: string): string => (/^vgg\d+$/.test(network) ? 'vgg' : parse(network).name);

/** Keras has layers such as `conv1/conv`, which would be a folder. */
const inFileName = (layer: string | number): string => `${layer}`.replaceAll(/[/\\:]/g, '_');

const fileOf = ({ layer }: PictureSettings, filter: number | string): string => `${inFileName(layer)}_${filter}.png`;

/** Without those whose picture was removed: these are to be drawn again. */
async function lossesOfPictures(
  folder: string,
  settings: PictureSettings,
  losses: Ledger['losses'],
): Promise<Ledger['losses']> {
  const files = new Set(await readdir(folder));
  return Object.fromEntries(
    Object.entries(losses).filter(([filter, loss]) => loss === null || files.has(fileOf(settings, filter))),
  );
}

function checkSettings(folder: string, now: PictureSettings, before: PictureSettings): void {
  const differing = Object.keys(now).filter(name => now[name] !== before[name]);
  if (differing.length === 0) return;
  const list = differing.map(name => `${name} was ${before[name]}, now ${now[name]}`).join('; ');
  throw new InvalidArgumentError(`${folder} has pictures of another run: ${list}. Give another --out.`);
}

async function readLedger(file: string): Promise<Ledger | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new FileFormatError(`${file} can't be read (${error.code}). Remove it, or give another --out.`, {
      cause: error,
    });
  });
  if (text === null) return null;
  try {
    const { settings, losses } = JSON.parse(text) as Ledger;
    if (isRecord(settings) && isRecord(losses)) return { settings, losses };
  } catch {
    // Said below.
  }
  throw new FileFormatError(`${file} is damaged. Remove it, or give another --out.`);
}

async function writePicture(file: string, { data, rows, columns, channels }: Picture): Promise<void> {
  const raw = { width: columns, height: rows, channels: channels as 1 | 3 };
  await atomicWrite(file, await sharp(data, { raw }).png({ compressionLevel: 9 }).toBuffer());
}

async function readPicture(file: string): Promise<Picture> {
  const { data, info } = await sharp(file)
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => {
      throw new FileFormatError(
        `${file} can't be read as a picture (${error.message}). Remove it: the same command draws it again.`,
        { cause: error },
      );
    });
  return { data: new Uint8Array(data), rows: info.height, columns: info.width, channels: info.channels };
}
