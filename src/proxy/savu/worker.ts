/**
 * The thread in which HDF5 of unknown origin is read: it may hang or die
 * without harm to the proxy.
 */
import { parentPort } from 'node:worker_threads';

import { failureOf } from '../failure';
import { readList, writeList } from './process-list';
import type { IAnswer, IOrder } from './talk';

async function answer(order: IOrder): Promise<IAnswer> {
  try {
    return order.op === 'read'
      ? { id: order.id, list: await readList(order.bytes) }
      : { id: order.id, bytes: await writeList(order.list) };
  } catch (error) {
    return { id: order.id, ...failureOf(error) };
  }
}

parentPort?.on('message', (order: IOrder) => {
  void answer(order).then(told => parentPort?.postMessage(told));
});
