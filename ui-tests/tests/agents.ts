/**
 * What the agents of a server are asked for, and which of them live.
 */
import fs from 'node:fs';

import type { Page } from '@playwright/test';

/** Process ids of the agents of a server: Linux tells what runs, and with which environment. */
export function agentsOf(url: string): number[] {
  const port = `TOMO_TEST_PORT=${new URL(url).port}`;
  return fs
    .readdirSync('/proc')
    .filter(pid => /^\d+$/.test(pid))
    .filter(pid => {
      const words = read(pid, 'cmdline').split('\0');
      return (
        words.some(word => /tomo_runner$/.test(word)) &&
        words.includes('agent') &&
        read(pid, 'environ').split('\0').includes(port)
      );
    })
    .map(Number);
}

/** Who started a process and waits for its end; 1 when nobody does. */
export function parentOf(pid: number): number {
  const found = /^PPid:\s+(\d+)$/m.exec(read(String(pid), 'status'));
  return Number(found?.[1]);
}

/** What the agent is asked for from now on: rows (`attenuation`), sinograms and slices. */
export function previewsOf(page: Page): string[] {
  const products: string[] = [];
  page.on('request', request => {
    // The address ends with the time, so that nothing keeps the answer.
    if (new URL(request.url()).pathname.endsWith('/api/data/preview')) {
      products.push((request.postDataJSON() as { product: string }).product);
    }
  });
  return products;
}

function read(pid: string, what: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
