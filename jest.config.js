const jestJupyterLab = require('@jupyterlab/testing/lib/jest-config');

const esModules = [
  '@codemirror',
  '@marijn',
  '@microsoft',
  '@jupyter/',
  '@jupyterlab/',
  '@rjsf',
  'color',
  'exenv-es6',
  'jsonc-parser',
  'lib0',
  'marked',
  'nanoid',
  'uuid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

const base = jestJupyterLab(__dirname);

module.exports = {
  ...base,
  automock: false,
  // A limit for what hangs, and none for a busy machine.
  testTimeout: 60_000,
  setupFiles: ['<rootDir>/scripts/test/browser-shim.cjs'],
  coverageDirectory: 'coverage',
  collectCoverageFrom: ['src/**/*.{ts,tsx}', '!src/**/_generated/**'],
  testRegex: 'src/(.*/)?__tests__/.*\\.spec\\.tsx?$',
  testPathIgnorePatterns: ['/node_modules/', '/.venv'],
  modulePathIgnorePatterns: [
    '<rootDir>/.venv',
    '<rootDir>/jupyterlab_tomo',
    '<rootDir>/lib',
    '<rootDir>/build',
    '<rootDir>/dist',
    '<rootDir>/.cache'
  ],
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`],
  reporters: ['default']
};
