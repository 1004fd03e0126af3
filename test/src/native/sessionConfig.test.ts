import { describe, expect, it } from 'vitest';
import { sessionConfig } from '../../../src/native/sessionConfig.js';

describe('sessionConfig', () => {
  it.each([
    [{}, [0x32, 0x02, 0x20, 0x01]],
    [{ gpuAllowGrowth: false }, [0x32, 0x00]],
    [{ threads: 2, gpuAllowGrowth: false }, [0x10, 0x02, 0x28, 0x02, 0x32, 0x00]],
    [{ threads: 1, operations: 3, gpuAllowGrowth: false }, [0x10, 0x01, 0x28, 0x03, 0x48, 0x01, 0x32, 0x00]],
    [{ threads: 300, gpuAllowGrowth: false }, [0x10, 0xac, 0x02, 0x28, 0xac, 0x02, 0x32, 0x00]],
    [
      { gpuAllowGrowth: false, rewriteGraphs: false },
      [0x32, 0x00, 0x52, 0x07, 0x30, 0x01, 0x52, 0x03, 0x98, 0x01, 0x01],
    ],
    [{ gpuAllowGrowth: false, spinning: false }, [0x32, 0x00, 0x82, 0x01, 0x02, 0x48, 0x01]],
    [{ gpuAllowGrowth: false, mixedBfloat16: true }, [0x32, 0x00, 0x52, 0x05, 0x52, 0x03, 0xf8, 0x01, 0x01]],
  ])('writes %j as the bytes of a ConfigProto', (config, bytes) => {
    expect([...sessionConfig(config)]).toEqual(bytes);
  });

  it('lets one rewriter alone put operations into bfloat16', () => {
    const bytes = sessionConfig({ gpuAllowGrowth: false, rewriteGraphs: false, mixedBfloat16: true });
    const name = [...Buffer.from('auto_mixed_precision_onednn_bfloat16')];
    const length = name.length + 6;
    expect([...bytes]).toEqual(
      [0x32, 0x00, 0x52, length + 2, 0x52, length, 0xa2, 0x06, name.length].concat(name, [0xf8, 0x01, 0x01]),
    );
  });
});
