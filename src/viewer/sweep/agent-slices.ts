/**
 * Slices for a sweep by the agent, where the engine of the browser does not
 * make them: external tools, or projections behind a slow link.
 */
import { isAbort } from '../../api';
import type { ITomoApi } from '../../tokens';
import { effectiveReconstruction, kernelFor } from '../../recipe';
import type { ILiveImage, IWantedSlice } from '../../tuning';
import { imageOf } from '../pixels/image';
import { priceOf } from '../price';
import { oneOfEachRow, rowsPrice } from './row-price';
import type { IRowCost } from './row-price';
import type { ISliceSource } from './slice-source';

export interface IAgentSlicesOptions {
  readonly api: Pick<ITomoApi, 'preview' | 'estimate'>;
  /** Purpose of the requests, of this sweep alone. */
  readonly purpose: string;
  /** Width of the slices, before they are binned. */
  readonly columns: number;
  /** Kernel whose Python has the tool. */
  readonly kernel: string | undefined;
  /** What the server takes for the projections of a row; null: not known. Left out: nobody asks for prices. */
  readonly rowCost?: () => IRowCost | null;
}

export class AgentSlices implements ISliceSource {
  constructor(private readonly _options: IAgentSlicesOptions) {}

  readonly isHere = false;

  get isDisposed(): boolean {
    return this._disposed;
  }

  async seconds(
    wanted: readonly IWantedSlice[],
    signal: AbortSignal
  ): Promise<number | null> {
    const cost = this._options.rowCost?.() ?? null;
    // Nobody keeps a row: each slice takes its projections anew.
    let total = rowsPrice(cost ? wanted : oneOfEachRow(wanted), cost);
    if (total === null) {
      return null;
    }
    // The same parameters cost the same; the axis of rotation costs nothing.
    const known = new Map<string, number | null>();
    for (const { base, recipe } of wanted) {
      const key = JSON.stringify(recipe.reconstruction);
      const { tool } = effectiveReconstruction(recipe);
      let each = tool === 'builtin' ? 0 : known.get(key);
      if (each === undefined) {
        each = await this._secondsOf(base, recipe, signal);
        known.set(key, each);
      }
      if (each === null) {
        return null;
      }
      total += each;
    }
    return total;
  }

  slice(
    wanted: IWantedSlice,
    width: number,
    signal: AbortSignal
  ): Promise<ILiveImage> {
    return sliceByAgent(this._options, wanted, width, signal);
  }

  dispose(): void {
    this._disposed = true;
  }

  private async _secondsOf(
    base: string,
    recipe: IWantedSlice['recipe'],
    signal: AbortSignal
  ): Promise<number | null> {
    const { api, purpose, kernel } = this._options;
    try {
      return await priceOf(api, purpose, base, recipe, kernel, signal);
    } catch (error) {
      if (signal.aborted || isAbort(error)) {
        throw error;
      }
      // What is wrong with these values, their slice will say.
      return 0;
    }
  }

  private _disposed = false;
}

/**
 * One slice by the agent.
 *
 * @param width pixels at which it is shown
 * @throws ApiError when it cannot be; an AbortError after the signal.
 */
export async function sliceByAgent(
  { api, purpose, columns, kernel }: IAgentSlicesOptions,
  { base, recipe, row }: IWantedSlice,
  width: number,
  signal: AbortSignal
): Promise<ILiveImage> {
  const bin = Math.min(64, Math.max(1, Math.floor(columns / width)));
  const frame = await api.preview(
    {
      purpose,
      base,
      recipe,
      row,
      product: 'slice',
      ...(bin > 1 ? { bin } : {}),
      ...kernelFor(recipe, 'slice', kernel),
      ...from(recipe)
    },
    signal
  );
  const image = imageOf(frame);
  return { ...image, bin: image.bin ?? 1 };
}

function from({ dataset }: IWantedSlice['recipe']): { resource?: string } {
  const resource = dataset?.resource;
  return resource ? { resource } : {};
}
