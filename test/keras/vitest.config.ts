import { defineConfig } from 'vitest/config';

/** The opt-in suite: `npm run test:keras`. */
export default defineConfig({
  test: { include: ['test/keras/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 1_800_000 },
});
