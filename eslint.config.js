// SPDX-License-Identifier: Apache-2.0
/* The rules that need types, on src/ only; everything else is biome.json's. Tests are left out: tap's t.test()
   returns a promise that nobody has to await. */
import tseslint from 'typescript-eslint'

export default [
  {
    files: ['src/**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.page.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': ['error', { allowMixedPromiseArrays: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
]
