import { cacheFolder } from '../../file/cacheFolder.js';
import type { Machine } from './machine.js';

/** One wheel of Python's package index, pinned to its bytes. */
export interface PinnedWheel {
  readonly project: string;
  readonly version: string;
  readonly fileName: string;
  /** Tags of the file's name, by which pip chooses it whatever the local Python is. */
  readonly python: string;
  readonly abi: string;
  readonly platform: string;
  readonly sha256: string;
  /** Bytes of the wheel and of the two libraries in it; null where they were not measured. */
  readonly bytes: number | null;
  readonly unpackedBytes: number | null;
}

/** What was measured is an estimate for the platforms that were not. */
export const TYPICAL_BYTES = { wheel: 300e6, unpacked: 900e6 };

const VERSION = '2.21.0';
/** manylinux_2_27 in the wheels' names. */
const OLDEST_GLIBC = '2.27';

const WHEELS: Readonly<Record<string, PinnedWheel>> = {
  'linux-x64': wheel('tensorflow-cpu', 'manylinux_2_27_x86_64', {
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    bytes: 273_829_956,
    unpackedBytes: 853_308_936,
  }),
  'linux-arm64': wheel('tensorflow', 'manylinux_2_27_aarch64', {
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    bytes: null,
    unpackedBytes: null,
  }),
  'darwin-arm64': wheel('tensorflow', 'macosx_12_0_arm64', {
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
    bytes: null,
    unpackedBytes: null,
  }),
};

/** The wheel for a system and an architecture, as Node calls them; undefined where there is none. */
export function pinnedWheelFor(platform: NodeJS.Platform, arch: string): PinnedWheel | undefined {
  return WHEELS[`${platform}-${arch}`];
}

/** A sentence that says why no wheel runs on a machine; undefined where one does. */
export function whyUnsupported({ platform, arch, glibc }: Machine): string | undefined {
  if (pinnedWheelFor(platform, arch) === undefined) {
    return `There is no native TensorFlow for ${platform} on ${arch}; it exists for ${Object.keys(WHEELS).join(', ')}.`;
  }
  if (platform !== 'linux') return undefined;
  if (glibc === null) {
    return 'Native TensorFlow needs the GNU C library (glibc); this system has another one (musl, as in Alpine Linux).';
  }
  if (isOlder(glibc, OLDEST_GLIBC)) {
    return `Native TensorFlow needs glibc ${OLDEST_GLIBC} or newer; this system has ${glibc}.`;
  }
  return undefined;
}

/** The folder of the cache that holds a wheel's libraries. */
export function wheelFolder({ version, platform }: PinnedWheel): string {
  return cacheFolder('tensorflow', `${version}-${platform}`);
}

function wheel(
  project: string,
  platform: string,
  pin: Pick<PinnedWheel, 'sha256' | 'bytes' | 'unpackedBytes'>,
): PinnedWheel {
  const fileName = `${project.replaceAll('-', '_')}-${VERSION}-cp311-cp311-${platform}.whl`;
  return { project, version: VERSION, fileName, python: '3.11', abi: 'cp311', platform, ...pin };
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split('.').map(Number);
  return major !== thanMajor ? major < thanMajor : minor < thanMinor;
}
