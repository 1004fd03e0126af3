/** The file names of TensorFlow 2's libraries, as its wheels have them. */
export function libraryNames(platform: NodeJS.Platform): { readonly framework: string; readonly cc: string } {
  return platform === 'darwin'
    ? { framework: 'libtensorflow_framework.2.dylib', cc: 'libtensorflow_cc.2.dylib' }
    : { framework: 'libtensorflow_framework.so.2', cc: 'libtensorflow_cc.so.2' };
}
