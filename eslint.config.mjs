import eslint from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** The parts of src/ and what each must not know. */
const parts = [
  'api',
  'clusters',
  'document',
  'engine',
  'jobs',
  'panel',
  'proxy',
  'recipe',
  'savu',
  'tuning',
  'viewer'
];

/** Forbids all parts but `known` to the files of `part`, and `modules` (regular expressions) besides. */
function boundary(part, known, modules = []) {
  const others = parts.filter(
    other => other !== part && !known.includes(other)
  );
  const forbidden = [
    {
      regex: `^(\\.\\./)+(${others.join('|')})(/|$)`,
      message: `src/${part} may know ${known.length ? known.join(' and ') : 'no other part'}; see docs/architecture.md.`
    },
    ...modules.map(([regex, message]) => ({ regex, message }))
  ];
  return {
    files: [`src/${part}/**/*.{ts,tsx}`],
    ignores: ['src/**/assembly/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: forbidden }] }
  };
}

const pure = [
  [
    '^(@jupyterlab|@lumino|react)',
    'This part also runs where there is no JupyterLab.'
  ]
];
const noJoints = [
  [
    '^(\\.\\./)+(tokens|axis|draft|icons|quantities|field-names|job-words|choice-names|cluster-words|undo)$',
    'The joints are for the browser only.'
  ]
];

/** The plugin's recommended rules, all of them as errors. */
const jupyterRules = Object.fromEntries(
  Object.keys(jupyter.configs.recommended[0].rules).map(name => [name, 'error'])
);

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      '.venv*/**',
      '.cache/**',
      'lib/**',
      'build/**',
      'dist/**',
      'coverage/**',
      'test-results/**',
      'ui-tests/test-results/**',
      'ui-tests/playwright-report/**',
      'jupyterlab_tomo/**',
      'tomo_runner/**',
      'src/**/_generated/**',
      'src/engine/build/**',
      // AssemblyScript is not TypeScript; its compiler checks it.
      'src/**/assembly/**'
    ]
  },
  eslint.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}', 'ui-tests/**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.test.json', './ui-tests/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      'no-console': 'error',
      curly: ['error', 'all'],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-arrow-callback': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false }
      ],
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { ignoreVoid: true }
      ],
      // A token and its interface share one name.
      '@typescript-eslint/no-empty-object-type': [
        'error',
        { allowInterfaces: 'with-single-extends' }
      ],
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-redeclare': 'off',
      'no-redeclare': 'off',
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { args: 'none', caughtErrors: 'none' }
      ]
    }
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/proxy/**', 'src/engine/**'],
    plugins: { jupyter },
    rules: {
      ...jupyterRules,
      // Heavy libraries have their own chunk; the rest of the extension is small and needed at once.
      'jupyter/prefer-lazy-imports': 'off'
    }
  },
  {
    files: ['ui-tests/**/*.ts'],
    plugins: { jupyter },
    rules: {
      'jupyter/galata-prefer-menu-helper': 'error',
      'jupyter/galata-prefer-sidebar-activity-helper': 'error',
      'jupyter/require-soft-assertions-before-snapshots': 'error'
    }
  },
  boundary('recipe', [], [...pure, ...noJoints]),
  boundary('engine', [], [...pure, ...noJoints]),
  boundary('api', [], noJoints),
  boundary('proxy', ['api', 'recipe'], noJoints),
  boundary('tuning', ['api', 'engine', 'recipe'], noJoints),
  ...['clusters', 'document', 'panel', 'jobs', 'savu', 'viewer'].map(part =>
    boundary(part, ['api', 'recipe', ...(part === 'viewer' ? ['tuning'] : [])])
  ),
  {
    // Fakes stand for a part of an interface, and commands in tests are nobody's to query.
    files: ['src/**/__tests__/**'],
    rules: {
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      'jupyter/command-described-by': 'off',
      'jupyter/command-id-convention': 'off',
      'jupyter/no-untranslated-string': 'off',
      'jupyter/plugin-description': 'off',
      'jupyter/plugin-id-convention': 'off',
      'jupyter/require-disposable-ownership': 'off',
      'jupyter/require-disposable-transfer': 'off',
      'jupyter/require-signal-cleanup': 'off',
      'jupyter/prefer-signal-this-arg': 'off',
      'jupyter/require-signal-this-arg': 'off'
    }
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'Buffer',
          'URL',
          'URLSearchParams',
          'performance',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'fetch',
          'AbortController',
          'AbortSignal',
          'WebAssembly',
          'structuredClone',
          'TextEncoder',
          'TextDecoder',
          'module',
          'require',
          '__dirname'
        ].map(name => [name, 'readonly'])
      )
    },
    rules: {
      curly: ['error', 'all'],
      // `{ key, ...rest }` is how a key is left out.
      'no-unused-vars': ['error', { ignoreRestSiblings: true }]
    }
  },
  prettier
);
