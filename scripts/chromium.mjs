// The browser for the browser tests: the system's, or Playwright's own.
import { existsSync } from 'node:fs';
import { step } from './environment.mjs';
import { must } from './process.mjs';

const known = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
];

async function installed() {
  const { chromium } = await import('@playwright/test');
  const asked = process.env.TOMO_CHROMIUM;
  return [...(asked ? [asked] : known), chromium.executablePath()].find(file =>
    existsSync(file)
  );
}

/**
 * Find a Chromium; on Debian as root, install one where there is none.
 *
 * @returns `{ file }`, or `{ reason }`: why there is none and what to do.
 */
export async function findChromium() {
  const found = await installed();
  if (found) {
    return { file: found };
  }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const quiet = { env: { DEBIAN_FRONTEND: 'noninteractive' } };
    try {
      await step('installing chromium for the browser tests', async () => {
        await must('apt-get', ['-qq', 'update'], quiet);
        await must(
          'apt-get',
          [
            '-qq',
            'install',
            '-y',
            '--no-install-recommends',
            'chromium',
            'fonts-dejavu-core'
          ],
          quiet
        );
      });
      const file = await installed();
      if (file) {
        return { file };
      }
    } catch (error) {
      return {
        reason: `No Chromium, and apt-get could not install it: ${error.message}`
      };
    }
  }
  return {
    reason:
      'No Chromium. Install it (Debian and Ubuntu: sudo apt-get install chromium fonts-dejavu-core; ' +
      'elsewhere: npx playwright install chromium), or name one in TOMO_CHROMIUM.'
  };
}
