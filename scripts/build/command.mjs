import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './root.mjs';

/** Run a program of node_modules/.bin or of the PATH in the checkout; its output is shown; rejects when it fails. */
export function command(program, args, options = {}) {
  const bin = path.join(root, 'node_modules', '.bin');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: 'inherit',
      ...options,
      env: {
        ...process.env,
        ...options.env,
        PATH: [bin, (options.env ?? process.env).PATH ?? process.env.PATH].join(
          path.delimiter
        )
      }
    });
    child.on('error', reject);
    child.on('close', code =>
      code === 0
        ? resolve()
        : reject(new Error(`${program} ${args.join(' ')} ended with ${code}`))
    );
  });
}
