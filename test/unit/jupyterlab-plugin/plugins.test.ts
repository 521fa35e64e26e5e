// @vitest-environment jsdom
import './setup.ts';
import { describe, expect, it } from 'vitest';

describe('the parts of the extension', async () => {
  const { default: plugins } = await import('../../../jupyterlab-plugin/src/index.ts');

  it('say what they are', () => {
    for (const { id, description } of plugins) {
      expect(id).toMatch(/^@datalayer-secrets\/jupyterlab:[a-z-]+$/);
      expect(description).toMatch(/^[A-Z].+\.$/);
    }
  });

  it('need nothing that Notebook 7 lacks', () => {
    const required = plugins.flatMap(({ requires = [] }) => requires.map(({ name }) => name));
    expect(required.filter((name) => /ILabShell|ILayoutRestorer/.test(name))).toEqual([]);
  });
});
