/** What passes between the proxy and the thread that reads HDF5. */
import type { Failure, SavuList } from '../../api/_generated/api';

export type IOrder =
  | { readonly id: number; readonly op: 'read'; readonly bytes: Uint8Array }
  | { readonly id: number; readonly op: 'write'; readonly list: SavuList };

/** An order without its number, which the proxy gives. */
export type Order =
  | Omit<Extract<IOrder, { op: 'read' }>, 'id'>
  | Omit<Extract<IOrder, { op: 'write' }>, 'id'>;

export interface IAnswer {
  readonly id: number;
  readonly list?: SavuList;
  readonly bytes?: Uint8Array;
  readonly failure?: Failure;
  readonly status?: number;
}
