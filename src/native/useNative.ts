import { startNative } from './backend.js';
import { type LocateOptions, locateTensorflow } from './install/locateTensorflow.js';
import type { SessionConfig } from './sessionConfig.js';

/** How to find native TensorFlow and how it shall run. */
export interface UseNativeOptions
  extends Pick<LocateOptions, 'install' | 'onProgress' | 'onWait' | 'signal'>,
    Pick<SessionConfig, 'threads' | 'gpuAllowGrowth'> {}

/**
 * Makes native TensorFlow TensorFlow.js's backend. Where it isn't on the machine yet it is fetched once, some 270 MB, for all
 * projects (`install: false`: not).
 *
 * @throws TensorflowMissingError where it can't be had, with the cure
 * @throws LibraryLoadError where the system can't load it
 */
export async function useNative({ threads, gpuAllowGrowth, ...locate }: UseNativeOptions = {}): Promise<void> {
  startNative(await locateTensorflow(locate), {
    ...(threads === undefined ? {} : { threads }),
    ...(gpuAllowGrowth === undefined ? {} : { gpuAllowGrowth }),
  });
}
