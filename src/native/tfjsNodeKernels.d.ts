declare module '#tfjs-node-kernels' {
  /** tfjs-node's backend class (Apache-2.0), bundled by scripts/build.mjs; importing it registers its kernels. */
  export const NodeJSKernelBackend: unknown;
}

/** tfjs-core's gradients, bundled by scripts/build.mjs; importing it registers them. */
declare module '#tfjs-gradients' {}
