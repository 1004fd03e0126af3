import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests that need real Keras make their own environment: npm run test:keras.
    exclude: ['test/keras/**'],
    // TensorFlow can be loaded once a process, and its threads take all processors.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], tsconfig: 'tsconfig.check.json' },
  },
});
