import koffi from 'koffi';

/** The loader of the system's C library; `async` runs it in a thread. Not on Windows. */
export const dlopen = () => koffi.load(null).func('dlopen', 'void *', ['str', 'int']);

/** Its flags. */
export const LoaderFlag =
  process.platform === 'darwin'
    ? ({ now: 0x2, global: 0x8, noLoad: 0x10, noDelete: 0x80 } as const)
    : ({ now: 0x2, global: 0x100, noLoad: 0x4, noDelete: 0x1000 } as const);
