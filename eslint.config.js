import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Plain `zod` adds 444 KB to a bundle and its small form 17, of which a page, an editor's start and the service's start each have few. */
const zod = {
  regex: '^zod(/.*)?$',
  message: "Use `import * as v from 'valibot'`: what is not used of it is not bundled.",
};
const keytar = { name: 'keytar', message: 'Only server/src/keys/keychain-process.ts reaches the OS keychain.' };
const node = { group: ['node:*'], message: 'shared/ runs in pages too: no Node here.' };
const editors = { group: ['vscode', '@jupyterlab/*'], message: 'Only the extension of an editor knows that editor.' };
const service = {
  group: ['@datalayer-secrets/server', '@datalayer-secrets/server/*'],
  message: 'The service is started as a program, not imported.',
};
const restrict = (paths, patterns) => ({ 'no-restricted-imports': ['error', { paths, patterns }] });

export default tseslint.config(
  {
    ignores: [
      '**/*.d.mts',
      '**/lib/',
      '**/dist/',
      '.tools/',
      '.scratch/',
      'jupyterlab-plugin/jupyterlab_datalayer_secrets/',
      'test/fixtures/',
    ],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      ...restrict([keytar], [zod]),
    },
  },
  { files: ['shared/**/*.ts'], rules: restrict([keytar], [zod, node, editors, service]) },
  { files: ['loopback/**/*.ts'], rules: restrict([keytar], [zod, editors, service]) },
  { files: ['server/**/*.ts'], rules: restrict([keytar], [zod, editors]) },
  { files: ['extension/**/*.ts'], rules: restrict([keytar], [zod, service]) },
  { files: ['jupyterlab-plugin/**/*.{ts,tsx}'], rules: restrict([keytar], [zod, node, service]) },
  { files: ['server/src/keys/keychain*.ts'], rules: restrict([], [zod, editors]) },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        require: 'readonly',
        module: 'readonly',
        __dirname: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  prettier,
);
