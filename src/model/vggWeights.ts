import { cacheFolder } from '../file/cacheFolder.js';
import { type DownloadProgress, download } from '../file/download.js';

/** Keras's ImageNet weights. Source of addresses and sums: keras/src/applications/vgg16.py and vgg19.py. */
const FILES = {
  vgg16: { md5: '6d6bbae143d832006294945121d1f1fc', topMd5: '64373286793e3c8b2b4e3219cbf3544b' },
  vgg19: { md5: '253f8cb515780f3b799900260a226db6', topMd5: 'cbe5617147190e668d6c5d5026f83318' },
} as const;

const MIRROR = 'https://storage.googleapis.com/tensorflow/keras-applications';

export interface VggWeightsOptions {
  /** With the three dense layers. Default: false. */
  readonly includeTop?: boolean;
  /** Addresses of folders with the files, the best first. Default: Keras's own. */
  readonly mirrors?: readonly string[];
  /** Checksum of a mirror's own file. Default: that of Keras's. */
  readonly md5?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * The file of the official weights: from the cache, else downloaded into it, resumable, with its checksum proved.
 *
 * @throws DownloadError where it can't be reached
 * @throws ChecksumError where it is another file
 */
export async function vggWeights(
  name: keyof typeof FILES,
  { includeTop = false, mirrors = [`${MIRROR}/${name}`], md5, onProgress, signal }: VggWeightsOptions = {},
): Promise<string> {
  const published = includeTop ? FILES[name].topMd5 : FILES[name].md5;
  const base = `${name}_weights_tf_dim_ordering_tf_kernels${includeTop ? '' : '_notop'}.h5`;
  const file = cacheFolder('models', base);
  const urls = mirrors.map(mirror => `${mirror}/${base}`);
  await download({ urls, file, md5: md5 ?? published, label: `${name}'s weights`, onProgress, signal });
  return file;
}
