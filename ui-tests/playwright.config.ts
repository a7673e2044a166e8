import fs from 'node:fs';
import path from 'node:path';

import { defineConfig } from '@playwright/test';

const root = path.resolve(__dirname, '..');
const port = Number(process.env.TOMO_TEST_PORT ?? 8899);
const bin = path.join(root, '.venv', 'bin');

/** A Chromium of the system; without one Playwright's own is used. */
function systemBrowser(): string | undefined {
  const named = process.env.TOMO_CHROMIUM;
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];
  return [...(named ? [named] : []), ...known].find(file =>
    fs.existsSync(file)
  );
}

export default defineConfig({
  testDir: path.join(__dirname, 'tests'),
  outputDir: path.join(root, 'test-results', 'galata'),
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  // Of a machine that is busy: what is so at once elsewhere takes its time there.
  expect: { timeout: 20_000 },
  workers: 1,
  reporter: [
    ['list'],
    ['json', { outputFile: path.join(root, 'test-results', 'galata.json') }]
  ],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    trace: 'off',
    video: 'off',
    viewport: { width: 1680, height: 1000 },
    launchOptions: {
      executablePath: systemBrowser(),
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  },
  webServer: {
    command: `exec "${path.join(bin, 'jupyter')}" lab --config "${path.join(__dirname, 'jupyter_server_test_config.py')}"`,
    url: `http://127.0.0.1:${port}/lab`,
    cwd: root,
    env: {
      ...inherited(),
      PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
      TOMO_TEST_PORT: String(port)
    },
    // SIGKILL would leave no time to end the proxy and the kernels.
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    reuseExistingServer: false,
    stdout: 'ignore',
    stderr: process.env.TOMO_TEST_LOG ? 'pipe' : 'ignore',
    timeout: 120_000
  }
});

/** The environment of this process, without what is not set. */
function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined
    )
  );
}
