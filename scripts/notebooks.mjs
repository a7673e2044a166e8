// The notebooks that people work in are copies: the checkout stays as it is.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const bytes = file => readFile(file).catch(() => null);

/**
 * Copy notebooks into a folder: those that are not there, and those that nobody
 * has changed since the last time. What they were copied from lies beside them.
 */
export async function copyNotebooks(from, to) {
  const kept = path.join(to, '.as-copied');
  await mkdir(kept, { recursive: true });
  const names = (await readdir(from)).filter(name => name.endsWith('.ipynb'));
  for (const name of names) {
    const source = await readFile(path.join(from, name));
    const [copy, before] = await Promise.all(
      [to, kept].map(folder => bytes(path.join(folder, name)))
    );
    const changed = copy !== null && !(before && copy.equals(before));
    if (!changed && !(copy && copy.equals(source))) {
      await writeFile(path.join(kept, name), source);
      await writeFile(path.join(to, name), source);
    }
  }
}
