/** What the page's code is checked for: Vue's and TypeScript's rules, and that everyone can use it. */
import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import a11y from 'eslint-plugin-vuejs-accessibility'
import globals from 'globals'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/api/types.gen.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  ...a11y.configs['flat/recommended'],
  {
    files: ['**/*.vue', '**/*.ts'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: ts.parser },
    },
    rules: {
      'no-undef': 'off',
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/no-v-html': 'error',
      'vue/require-default-prop': 'off',
      // A label beside its field, tied by `for`, is enough; wrapping as well is not asked.
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      // FormField ties label and field by v-bind, which this rule cannot see; axe looks in the browser.
      'vuejs-accessibility/form-control-has-label': 'off',
      // Focus is moved on purpose, as the specification of the page says.
      'vuejs-accessibility/no-autofocus': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Only src/api/http.ts calls fetch.' },
      ],
    },
  },
  { files: ['**/*.vue'], rules: { 'max-lines': ['error', 200] } },
  { files: ['src/api/http.ts', 'src/early.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['**/*.spec.ts'],
    rules: { 'max-lines': ['error', 400], 'vue/one-component-per-file': 'off' },
  },
  prettier,
)
