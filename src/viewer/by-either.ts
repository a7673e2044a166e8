/**
 * Slices by the workers of the page; by the server where the browser does not
 * make them, or not soon.
 */
import { failureOf } from '../api';
import { isOfBrowser } from '../tuning';
import type { EngineWorkers } from '../tuning';

/** What is asked of the workers here. */
export type Lateness = Pick<EngineWorkers, 'isLate' | 'lateChanged'>;

/**
 * What comes first, when the workers are late. While they are, the server alone
 * is asked.
 *
 * @param server is aborted when the page was first
 * @throws ApiError when neither can; when the server cannot while the workers are late from the start.
 */
export async function byEither<T>(
  workers: Lateness,
  page: () => Promise<T>,
  server: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal
): Promise<T> {
  const over = new AbortController();
  const end = (): void => over.abort();
  signal.addEventListener('abort', end);
  let asked: Promise<T> | null = null;
  const ask = (): Promise<T> => (asked ??= server(over.signal));
  const first = workers.isLate
    ? ask()
    : page().catch((error: unknown) => {
        // A server that is at work already may do what the page could not.
        if (signal.aborted || (!asked && !isOfBrowser(failureOf(error)))) {
          throw error;
        }
        return ask();
      });
  let help = (): void => undefined;
  const byServer = new Promise<T>(resolve => {
    // When it cannot, the page still may.
    help = () => void ask().then(resolve, () => undefined);
  });
  const changed = (_: unknown, late: boolean): void => {
    if (late) {
      help();
    }
  };
  workers.lateChanged.connect(changed);
  try {
    return await Promise.race([first, byServer]);
  } finally {
    workers.lateChanged.disconnect(changed);
    signal.removeEventListener('abort', end);
    end();
  }
}
