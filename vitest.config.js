import { configDefaults, defineConfig } from 'vitest/config';

/** JupyterLab's packages import pictures; here they are what a bundler makes of them, their text. */
const svgAsText = {
  name: 'svg-as-text',
  enforce: 'pre',
  async load(id) {
    const file = id.split('?', 1)[0];
    if (!file.endsWith('.svg')) return null;
    const { readFile } = await import('node:fs/promises');
    return `export default ${JSON.stringify(await readFile(file, 'utf8'))};`;
  },
};

export default defineConfig({
  plugins: [svgAsText],
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // These run inside VS Code: test/hosts/vscode/in-host.ts starts them.
    exclude: [...configDefaults.exclude, 'test/hosts/vscode/in-host/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for comes late where several tests share two cores.
    expect: { poll: { timeout: 10_000 } },
    // Their files are CommonJS that imports ES modules and pictures: only vite's own loader takes that.
    server: { deps: { inline: [/@jupyterlab\//, /@jupyter\//, /@lumino\//] } },
  },
});
