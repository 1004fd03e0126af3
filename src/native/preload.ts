import { findInstalled } from './install/findInstalled.js';
import { pinnedWheelFor } from './install/pinnedWheel.js';
import { preloadLibrary } from './preloadLibrary.js';

// `import 'gradstream/preload'`, before the program's other imports: where native TensorFlow is on the machine, it is loaded in
// a thread while other modules are read and run.
const { platform, arch, env } = process;
const isWanted = env.GRADSTREAM_BACKEND === undefined || env.GRADSTREAM_BACKEND === 'tensorflow';
const files = isWanted ? findInstalled(platform, pinnedWheelFor(platform, arch)) : undefined;
if (files !== undefined) preloadLibrary(files);
