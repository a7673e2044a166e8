/** Every address that the bundler gives: the one file of this part with `import.meta`. */

/** `engine.wasm`, beside the bundle. */
export const ENGINE_URL = new URL('./engine.wasm', import.meta.url);

/** A worker of its own file; the bundler looks for just this form. */
export function startWorker(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url));
}
