import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These run inside VS Code: test/hosts/vscode/in-host.ts starts them.
    exclude: [...configDefaults.exclude, 'test/hosts/vscode/in-host/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
