/**
 * `BatchNormalization` → `batch_normalization`, `PReLU` → `p_re_lu`.
 * Source: keras/src/utils/naming.py, to_snake_case.
 */
export const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
