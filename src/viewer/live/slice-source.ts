/**
 * Who makes the slices of a sweep: the engines of this page, or the agent.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRecipeSession, ITomoApi } from '../../tokens';
import { isLive, Sweep } from '../../tuning';
import type { EngineWorkers } from '../../tuning';
import { StandIn } from '../stand-in';
import { AgentSlices, EngineSlices } from '../sweep';
import type { IRowCost, ISliceSource } from '../sweep';

/**
 * @param columns of the slice that is shown
 * @param purpose of the requests, of one sweep alone
 * @param rowCost what the server takes for the projections of a row; null: not known
 */
export function sliceSource(
  {
    session,
    api,
    workers,
    kernel,
    trans
  }: {
    readonly session: IRecipeSession;
    readonly api: ITomoApi;
    readonly workers: EngineWorkers | null;
    readonly kernel: () => string | undefined;
    readonly trans: TranslationBundle;
  },
  columns: number,
  purpose: string,
  rowCost: () => IRowCost | null
): ISliceSource {
  const options = {
    api,
    // The rows that the page asks for go on while the agent helps.
    purpose: `${purpose} slice`,
    columns,
    kernel: kernel(),
    rowCost
  };
  // What the browser does not let the engine do, or not soon, the agent does.
  return workers && isLive(session.recipe)
    ? new EngineSlices(
        new Sweep({ api, workers, purpose }),
        new AgentSlices(options),
        new StandIn(workers, trans),
        rowCost
      )
    : new AgentSlices(options);
}
