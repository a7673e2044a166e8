/**
 * Stand-ins for what a session talks to.
 */
import { Context, TextModelFactory } from '@jupyterlab/docregistry';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ServiceManagerMock } from '@jupyterlab/services/lib/testutils';
import { Signal } from '@lumino/signaling';

import type {
  Asked,
  Centre,
  CentreRequest,
  DescribeRequest,
  Description,
  Failure,
  IApiClient,
  Notice
} from '../../api';

export const DESCRIPTION: Description = {
  path: '/srv/ct',
  kind: 'tiff',
  frames: 376,
  rows: 128,
  columns: 835,
  dtype: 'uint16',
  flats: 10,
  darks: 5,
  angles: {
    first: null,
    last: null,
    count: 376,
    unit: 'degree',
    source: 'unknown'
  },
  groups: [],
  warnings: [],
  proposed: { dataset: { angles: { first: 0, last: 360, endpoint: true } } }
};

export const CENTRE: Centre = {
  column: 399.44321,
  row: 63.5,
  tilt: 0,
  confidence: { level: 'good', spread: 0.08 },
  rows: [[64, 399.4]],
  warnings: []
};

/** A context over a file with a text, as the document manager makes it. */
export async function contextOf(
  text: string,
  path = 'sub/ct.tomo.json',
  manager = new ServiceManagerMock()
): Promise<Context<DocumentRegistry.ICodeModel>> {
  await manager.contents.save('sub', { type: 'directory' });
  await manager.contents.save(path, {
    type: 'file',
    format: 'text',
    content: text
  });
  const context = new Context<DocumentRegistry.ICodeModel>({
    manager,
    factory: new TextModelFactory(),
    path
  });
  await context.initialize(false);
  return context;
}

/** An api whose answers a test sets. */
export class FakeApi {
  readonly connection = new Signal<IApiClient, { failure: Failure | null }>(
    this.client
  );
  readonly notices = new Signal<IApiClient, Notice>(this.client);
  readonly described: Asked<DescribeRequest>[] = [];
  readonly asked: Asked<CentreRequest>[] = [];
  readonly resolved: string[] = [];

  describe = (asked: Asked<DescribeRequest>): Promise<Description> => {
    this.described.push(asked);
    return this.answer();
  };

  /** Whether a search for a centre was told to stop. */
  stopped = false;

  centre = (
    asked: Asked<CentreRequest>,
    signal?: AbortSignal
  ): Promise<Centre> => {
    this.asked.push(asked);
    signal?.addEventListener('abort', () => (this.stopped = true));
    return this.found();
  };

  resolve = (
    path: string
  ): Promise<{ resource: string; path: string; directory: boolean }> => {
    this.resolved.push(path);
    return Promise.resolve({
      resource: 'local',
      path: `/srv/${path}`,
      directory: !/\.\w+$/.test(path)
    });
  };

  answer: () => Promise<Description> = () => Promise.resolve(DESCRIPTION);
  found: () => Promise<Centre> = () => Promise.resolve(CENTRE);

  get client(): IApiClient {
    return this as unknown as IApiClient;
  }
}
