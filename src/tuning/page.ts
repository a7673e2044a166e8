/** The workers that all viewers of this page share. */
import { ENGINE_URL, startWorker } from './urls';
import { EngineWorkers } from './workers';

/** Compiles while it loads; the server says what it is. */
async function compile(): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(fetch(ENGINE_URL));
}

let shared: EngineWorkers | null = null;

/** Workers for one widget alone, which disposes of them. */
export function ownWorkers(): EngineWorkers {
  return new EngineWorkers({ start: startWorker, compile });
}

/** They start with the first slice. */
export function engineWorkers(): EngineWorkers {
  shared ??= new EngineWorkers({ start: startWorker, compile });
  return shared;
}
