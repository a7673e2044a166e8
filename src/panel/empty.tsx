/**
 * What the panel says when no recipe is open.
 */
import { PathExt } from '@jupyterlab/coreutils';
import React from 'react';

import { tomographyIcon } from '../icons';
import { CommandIDs } from '../tokens';
import { usePanel } from './context';
import { Action, LinkAction } from './fields';

export function Empty(): JSX.Element {
  const { model, commands, trans, openData, fail } = usePanel();
  return (
    <div className="jp-TomoEmpty">
      <tomographyIcon.react
        tag="div"
        width="36px"
        height="36px"
        className="jp-TomoEmpty-icon"
      />
      <p>
        {trans.__(
          'Open a tomography data set, and tune here how its slices are made.'
        )}
      </p>
      <div className="jp-TomoButtons">
        {openData ? (
          <>
            <Action
              primary
              label={trans.__('Open data…')}
              title={trans.__('Choose a folder with projections')}
              onClick={() => void openData('folder').catch(fail)}
            />
            <Action
              label={trans.__('NXtomo file…')}
              title={trans.__('Choose a NeXus file with an NXtomo entry')}
              onClick={() => void openData('file').catch(fail)}
            />
          </>
        ) : null}
        <Action
          label={trans.__('New recipe')}
          onClick={() =>
            void commands.execute(CommandIDs.createNew).catch(fail)
          }
        />
      </div>
      {model.recent.length ? (
        <div className="jp-TomoEmpty-recent">
          <h4>{trans.__('Recent')}</h4>
          {model.recent.map(path => (
            <LinkAction
              key={path}
              label={PathExt.basename(path)}
              title={path}
              onClick={() =>
                void commands.execute('docmanager:open', { path }).catch(fail)
              }
            />
          ))}
        </div>
      ) : null}
    </div>
  );
}
