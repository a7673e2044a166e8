/**
 * Why a recipe has no image to show, in words.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Failure } from '../../api';
import type { IRecipeSession } from '../../tokens';
import { failureMessage, logInAction } from '../message';
import type { IMessage } from '../message';

/** What the user can do about it, and what is told of data that cannot be read. */
export interface IWaysOut {
  readonly failure: Failure | null;
  readonly showPanel: () => void;
  readonly logIn: () => void;
}

/** The message in the place of the image; null when nothing is in the way. */
export function obstacleOf(
  session: IRecipeSession,
  trans: TranslationBundle,
  { failure, showPanel, logIn }: IWaysOut
): IMessage | null {
  const panel = { text: trans.__('Show panel'), run: showPanel };
  const { description } = session;
  if (session.problems.length) {
    return {
      kind: 'failed',
      title: trans.__('The text of this recipe is not valid.'),
      hint: session.problems[0]
    };
  }
  if (!session.recipe.dataset?.path) {
    return {
      kind: 'empty',
      title: trans.__('Choose data'),
      hint: trans.__(
        'Right-click a folder of TIFF images or an NXtomo file in the file browser and choose “Open in Tomography”, or name it in the panel.'
      ),
      actions: [panel]
    };
  }
  if (description.state === 'failed') {
    return failureMessage(failure ?? description.failure, trans, [
      ...logInAction(description.failure, trans, logIn),
      {
        text: trans.__('Try again'),
        run: () => {
          void session.describe();
        }
      },
      panel
    ]);
  }
  if (session.base === null && description.state === 'none') {
    return {
      kind: 'busy',
      title: trans.__('Finding the folder of this recipe …')
    };
  }
  if (description.state !== 'ready') {
    return { kind: 'busy', title: trans.__('Reading the data set …') };
  }
  if (
    session.position.mode === 'slice' &&
    description.value.angles.source === 'unknown'
  ) {
    return {
      kind: 'empty',
      title: trans.__('The angles of the projections are not known.'),
      hint: trans.__(
        'Neither the files nor the recipe tell. State them in the panel, under Data; a slice needs them.'
      ),
      actions: [panel]
    };
  }
  return null;
}
