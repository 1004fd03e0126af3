/** Version of this library, as package.json has it; written into checkpoints. */
export const VERSION = '0.1.0';
