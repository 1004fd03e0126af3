import { describe, expect, it } from 'vitest';
import { type AugmentationOptions, augmentation } from '../../../src/augment/augmentation.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { UnknownNameError } from '../../../src/error/unknownNameError.js';

describe('augmentation', () => {
  it('changes nothing by default', () => {
    expect(augmentation()).toEqual({
      rotationRange: 0,
      widthShiftRange: 0,
      heightShiftRange: 0,
      shearRange: 0,
      zoomRange: [1, 1],
      channelShiftRange: 0,
      brightnessRange: null,
      horizontalFlip: false,
      verticalFlip: false,
      fillMode: 'nearest',
      cval: 0,
      interpolationOrder: 1,
      dataFormat: 'channelsLast',
      kerasCompat: false,
    });
  });

  it('reads one number for the zoom as a distance from 1', () => {
    expect(augmentation({ zoomRange: 0.25 }).zoomRange).toEqual([0.75, 1.25]);
    expect(augmentation({ zoomRange: [0.5, 2] }).zoomRange).toEqual([0.5, 2]);
  });

  it('reads a range backwards or below 0 as what is drawn from it, and an empty list as no shift', () => {
    const { rotationRange, shearRange, channelShiftRange, zoomRange, brightnessRange, widthShiftRange } = augmentation({
      rotationRange: -5,
      shearRange: -3,
      channelShiftRange: -2,
      zoomRange: [1.2, 0.8],
      brightnessRange: [2, 1],
      widthShiftRange: [],
    });
    expect([rotationRange, shearRange, channelShiftRange]).toEqual([5, 3, 2]);
    expect([zoomRange, brightnessRange, widthShiftRange]).toEqual([[1.2, 0.8], [2, 1], 0]);
  });

  it('takes for Keras 3.15 what Keras takes', () => {
    const compat = 'keras-3.15';
    expect(augmentation({ zoomRange: 1, compat }).zoomRange).toEqual([0, 2]);
    expect(augmentation({ zoomRange: 1.5, compat }).zoomRange).toEqual([-0.5, 2.5]);
    expect(augmentation({ brightnessRange: [-1, 1], compat }).brightnessRange).toEqual([-1, 1]);
    expect(augmentation({ widthShiftRange: -2.5, compat }).widthShiftRange).toBe(-2.5);
  });

  it.each<[unknown, string]>([
    [{ rotatonRange: 10 }, "augmentation option 'rotatonRange'. Did you mean 'rotationRange'?"],
    [{ horizontal_flip: true }, "Did you mean 'horizontalFlip'?"],
    [{ fillMode: 'reflekt' }, "fill mode 'reflekt'. Did you mean 'reflect'?"],
    [{ dataFormat: 'channels_first' }, "data format 'channels_first'. Did you mean 'channelsFirst'?"],
    [{ compat: true }, "compat 'true'. Known: keras-3.15"],
    [{ compat: 'keras-3.16' }, "Did you mean 'keras-3.15'?"],
  ])('suggests the nearest name for %j', (options, message) => {
    const make = () => augmentation(options as AugmentationOptions);
    expect(make).toThrow(UnknownNameError);
    expect(make).toThrow(message);
  });

  it.each<[AugmentationOptions, string]>([
    [{ shearRange: Number.NaN }, 'shearRange'],
    [{ channelShiftRange: Number.POSITIVE_INFINITY }, 'channelShiftRange'],
    [{ widthShiftRange: -0.1 }, 'widthShiftRange is -0.1'],
    [{ widthShiftRange: [1, Number.NaN] }, 'widthShiftRange'],
    [{ zoomRange: 1 }, 'zoomRange is [0,2]'],
    [{ zoomRange: 1.5 }, 'zoomRange is [-0.5,2.5]'],
    [{ zoomRange: [2, 0] }, 'zoomRange is [2,0]'],
    [{ zoomRange: [1, Number.NaN], compat: 'keras-3.15' }, 'zoomRange is [1,null]'],
    [{ widthShiftRange: Number.NaN, compat: 'keras-3.15' }, 'widthShiftRange'],
    [{ brightnessRange: [0, Number.POSITIVE_INFINITY], compat: 'keras-3.15' }, 'brightnessRange is [0,null]'],
    [{ brightnessRange: [-1, 1] }, 'brightnessRange is [-1,1]'],
    [{ brightnessRange: [1] as unknown as [number, number] }, 'brightnessRange is [1]'],
    [{ brightnessRange: '12' as unknown as [number, number] }, 'brightnessRange is "12"'],
    [{ zoomRange: null as unknown as number }, 'zoomRange is null'],
    [{ widthShiftRange: '0.1' as unknown as number }, 'widthShiftRange is "0.1": give a number or a list of numbers'],
    [{ heightShiftRange: null as unknown as number }, 'heightShiftRange is null'],
    [{ cval: Number.NaN, fillMode: 'constant' }, 'cval'],
    [{ interpolationOrder: 3 as 1 }, 'interpolationOrder is 3: give 0 or 1'],
    [{ horizontalFlip: 'yes' as unknown as boolean }, 'horizontalFlip is "yes": give true or false'],
    [{ cval: 7 }, "cval 7 has no meaning with fillMode 'nearest'"],
  ])('refuses %j', (options, message) => {
    const make = () => augmentation(options);
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });
});
