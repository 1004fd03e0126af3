import { describe, expect, it } from 'vitest';
import { sessionConfig } from '../../../src/native/sessionConfig.js';

describe('sessionConfig', () => {
  it.each([
    [{}, [0x32, 0x02, 0x20, 0x01]],
    [{ gpuAllowGrowth: false }, [0x32, 0x00]],
    [{ threads: 2, gpuAllowGrowth: false }, [0x10, 0x02, 0x28, 0x02, 0x32, 0x00]],
    [{ threads: 300, gpuAllowGrowth: false }, [0x10, 0xac, 0x02, 0x28, 0xac, 0x02, 0x32, 0x00]],
    [{ gpuAllowGrowth: false, rewriteGraphs: false }, [0x32, 0x00, 0x52, 0x05, 0x52, 0x03, 0x98, 0x01, 0x01]],
    [{ gpuAllowGrowth: false, mixedBfloat16: true }, [0x32, 0x00, 0x52, 0x05, 0x52, 0x03, 0xf8, 0x01, 0x01]],
  ])('writes %j as the bytes of a ConfigProto', (config, bytes) => {
    expect([...sessionConfig(config)]).toEqual(bytes);
  });
});
