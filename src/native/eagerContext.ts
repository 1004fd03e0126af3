import type { Library } from './library.js';
import { type SessionConfig, sessionConfig } from './sessionConfig.js';
import type { Pointer } from './signatures.js';
import { Status } from './status.js';

/** TensorFlow's eager context: devices and thread pools. */
export interface EagerContext {
  readonly pointer: Pointer;
  /** The first GPU, else the CPU: where tensors live. */
  readonly device: string;
  readonly onGpu: boolean;
}

/** Starts TensorFlow; once a process. */
export function newEagerContext(library: Library, config: SessionConfig = {}): EagerContext {
  const status = new Status(library);
  const options = library.TFE_NewContextOptions();
  try {
    const bytes = sessionConfig(config);
    library.TFE_ContextOptionsSetConfig(options, bytes, bytes.length, status.pointer);
    status.check('the configuration of its context');
    const pointer = library.TFE_NewContext(options, status.pointer);
    status.check('the start of its context');
    const devices = deviceNames(library, pointer, status);
    const gpu = devices.find(device => device.type === 'GPU');
    const device = gpu ?? devices.find(device => device.type === 'CPU');
    return { pointer, device: device?.name ?? '', onGpu: gpu !== undefined };
  } finally {
    library.TFE_DeleteContextOptions(options);
    status.dispose();
  }
}

function deviceNames(library: Library, context: Pointer, status: Status): { type: string; name: string }[] {
  const list = library.TFE_ContextListDevices(context, status.pointer);
  status.check('the list of its devices');
  try {
    return Array.from({ length: library.TF_DeviceListCount(list) }, (_, i) => ({
      type: library.TF_DeviceListType(list, i, status.pointer),
      name: library.TF_DeviceListName(list, i, status.pointer),
    }));
  } finally {
    library.TF_DeleteDeviceList(list);
  }
}
