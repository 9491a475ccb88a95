import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/property-seed.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // A busy machine can make a browser miss a beat; on one's own machine nothing is tried twice.
    retry: process.env.CI ? 2 : 0,
  },
});
