/**
 * Stand-ins for the agent and the workers of a page.
 */
import { Signal } from '@lumino/signaling';

import { ApiError } from '../../api';
import type { IFrame } from '../../api';
import type { ISliceDone } from '../messages';
import type { EngineWorkers } from '../workers';

/** A row, as the agent gives it; of two projections, unless it is to have more. */
export const frameOf = (
  columns: number,
  about: Readonly<Record<string, unknown>> = {},
  rotated = 0,
  count = 2
): IFrame =>
  ({
    header: {
      dtype: 'float32',
      shape: [count, columns],
      about: {
        live: {
          angles: Array.from({ length: count }, (_, i) => (180 * i) / count),
          left: 0,
          columns,
          rows: 8,
          rotated,
          scale: 1,
          axis: { column: 1.5, row: 0, tilt: 0 },
          search: null
        },
        ...about
      }
    },
    body: new ArrayBuffer(4 * count * columns)
  }) as unknown as IFrame;

/** A slice that the workers are at. */
export interface IAtWork {
  readonly look: string;
  readonly centre: number;
  /** So many columns are one. */
  readonly bin: number;
  /** Every so many-th projection is used. */
  readonly thin: number;
  /** What it is to be written into. */
  readonly room: Float32Array | null;
  /** The slice is one pixel: where its axis is; it took so many milliseconds. */
  finish(took?: number): Promise<void>;
  lose(): Promise<void>;
}

/** Workers whose slices end when a test says so. */
export class FakeWorkers {
  /** @param settled lets what follows from an end happen */
  constructor(private readonly settled: () => Promise<void>) {}

  readonly work: IAtWork[] = [];
  isLate = false;
  readonly lateChanged = new Signal<EngineWorkers, boolean>(this.workers);
  /** Most slices that were under way at a time. */
  most = 0;

  get workers(): EngineWorkers {
    return this as unknown as EngineWorkers;
  }

  /** No slice has come for a while, or it has. */
  async late(late: boolean): Promise<void> {
    this.isLate = late;
    this.lateChanged.emit(late);
    await this.settled();
  }

  forget(): void {
    // Nothing is kept.
  }

  slice(
    look: string,
    _row: unknown,
    { bin, thin }: { bin: number; thin: number },
    _plan: unknown,
    centre: number,
    room: Float32Array | null = null
  ): Promise<ISliceDone> {
    return new Promise<ISliceDone>((resolve, reject) => {
      const end = async (act: () => void): Promise<void> => {
        this.work.splice(this.work.indexOf(one), 1);
        act();
        await this.settled();
      };
      const one: IAtWork = {
        look,
        centre,
        bin,
        thin,
        room,
        finish: (took = 1) =>
          end(() =>
            resolve({
              data: Float32Array.of(centre),
              size: 1,
              bin,
              took
            } as ISliceDone)
          ),
        lose: () =>
          end(() =>
            reject(
              new ApiError({
                code: 'worker-lost',
                message: 'A worker ended.',
                where: 'browser',
                hint: ''
              })
            )
          )
      };
      this.work.push(one);
      this.most = Math.max(this.most, this.work.length);
    });
  }
}
