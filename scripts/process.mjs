// Child processes of the scripts, in the environment of the checkout.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './build/root.mjs';

export const venv = path.join(root, '.venv');
export const venvBin = path.join(
  venv,
  process.platform === 'win32' ? 'Scripts' : 'bin'
);
export const python = path.join(venvBin, 'python');

/** The environment with the checkout's own programs first. */
export function environment(extra = {}) {
  const first = [venvBin, path.join(root, 'node_modules', '.bin')];
  const set = {
    ...process.env,
    PATH: [...first, process.env.PATH ?? ''].join(path.delimiter),
    VIRTUAL_ENV: venv,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    ...extra
  };
  // These would send the programs to another Python.
  delete set.PYTHONHOME;
  delete set.PYTHONPATH;
  return set;
}

/**
 * Run a program to its end.
 *
 * @param program - Name or path.
 * @param args - Its arguments; no shell reads them.
 * @param options - `quiet`: keep the output and give it back instead of showing it; `limit`: seconds after
 * which the program and its children are ended; `env`: variables to add.
 * @returns `{ code, output, ended }`; `ended` is true when the limit was reached.
 */
export function run(
  program,
  args,
  { quiet = false, limit = 0, env = {} } = {}
) {
  return new Promise((resolve, reject) => {
    const grouped = limit > 0 && process.platform !== 'win32';
    const child = spawn(program, args, {
      cwd: root,
      detached: grouped,
      env: environment(env),
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit']
    });
    const chunks = [];
    child.stdout?.on('data', chunk => chunks.push(chunk));
    child.stderr?.on('data', chunk => chunks.push(chunk));

    const signal = name => {
      try {
        process.kill(grouped ? -child.pid : child.pid, name);
      } catch (error) {
        if (error.code !== 'ESRCH') {
          throw error;
        }
      }
    };
    const forward = name => signal(name);
    let ended = false;
    const timer =
      limit > 0
        ? setTimeout(() => {
            ended = true;
            signal('SIGTERM');
            setTimeout(() => signal('SIGKILL'), 5000).unref();
          }, limit * 1000)
        : null;
    if (grouped) {
      process.on('SIGINT', forward).on('SIGTERM', forward);
    }
    const done = () => {
      clearTimeout(timer);
      process.off('SIGINT', forward).off('SIGTERM', forward);
    };
    child.on('error', error => {
      done();
      reject(error);
    });
    child.on('close', code => {
      done();
      resolve({ code, ended, output: Buffer.concat(chunks).toString() });
    });
  });
}

/** Run a program that must succeed; its output is shown. */
export async function must(program, args, options) {
  const { code, output } = await run(program, args, options);
  if (code !== 0) {
    process.stderr.write(output);
    throw new Error(`${program} ${args.join(' ')} ended with ${code}.`);
  }
  return output;
}
