import { readFileSync } from 'node:fs';
import os from 'node:os';

import { systemCode } from './failure';

export const HOST = os.hostname();

/** Whether a process of this machine lives; one that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is one, of another user.
    return systemCode(error) === 'EPERM';
  }
  return stateOf(pid) !== 'Z';
}

/** The state letter of Linux's process table; empty elsewhere. */
function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return '';
  }
}
