import { nullTranslator } from '@jupyterlab/translation';

import { ApiError } from '../../api';
import { FakeWorkers } from '../../tuning/__tests__/fakes';
import { StandIn } from '../stand-in';

// These are files beside the page.
jest.mock('../../tuning/urls', () => ({}));

const trans = nullTranslator.load('jupyterlab_tomo');
const workers = new FakeWorkers(() => Promise.resolve());
const { signal } = new AbortController();
const server = (): Promise<string> => Promise.resolve('server');
const page = (): Promise<string> => Promise.resolve('page');
const failing = (where: string) => (): Promise<string> =>
  Promise.reject(
    new ApiError({ code: 'x', message: 'It cannot.', where, hint: '' })
  );

it('tells of the server until the page makes a slice again', async () => {
  const standIn = new StandIn(workers.workers, trans);
  const told: string[] = [];
  standIn.changed.connect(() => told.push(standIn.words));
  await expect(standIn.make(page, server, signal)).resolves.toBe('page');
  expect(told).toEqual([]);
  const refused = failing('browser');
  await expect(standIn.make(refused, server, signal)).resolves.toBe('server');
  await standIn.make(page, server, signal);
  // The server makes nothing of a recipe that is wrong.
  const wrong = failing('regions.centre.column');
  await expect(standIn.make(wrong, server, signal)).rejects.toThrow('cannot');
  await workers.late(true);
  await workers.late(false);
  expect(told).toEqual([
    'The server computes slices for now: It cannot. The browser is tried again by itself.',
    '',
    'The server computes slices for now: this browser has given none for some seconds.',
    ''
  ]);
  standIn.dispose();
  await workers.late(true);
  expect(told).toHaveLength(4);
});
