// Trains the MLP for one step and says so: what `bench startup` takes the time of. TensorFlow is loaded while the modules
// are, as on the command line.
import '../../src/native/preload.js';

await import('./trainFirstStep.js');
