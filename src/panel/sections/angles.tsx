/**
 * Angles: what they are, where they come from, and an editor.
 */
import React from 'react';

import type { Description } from '../../api';
import { useKept } from '../../kept';
import type { IRecipeSession } from '../../tokens';
import { usePanel } from '../context';
import { anglesText, proposedAngles, rangeText } from '../describe';
import { angleChanges } from '../edits';
import { Action, LinkAction, NumberField, Row } from '../fields';

interface IAnglesProps {
  session: IRecipeSession;
  description: Description;
}

export function AnglesRow({ session, description }: IAnglesProps): JSX.Element {
  const { trans } = usePanel();
  const [editing, setEditing] = React.useState(false);
  const unknown = description.angles.source === 'unknown';
  const { refused, keep } = useKept(unknown || editing);
  const [what, source] = anglesText(session.recipe, description, trans);
  const proposal = unknown ? proposedAngles(description) : null;
  return (
    <>
      <Row label={trans.__('Angles')} title={description.angles.note}>
        <span className={unknown ? 'jp-TomoAlert' : 'jp-TomoValue'}>
          {what}
        </span>
        <span className="jp-TomoNote">({source})</span>
        {unknown ? null : (
          <LinkAction
            label={editing || refused ? trans.__('done') : trans.__('change')}
            title={trans.__('State the angles')}
            onClick={() => setEditing(!editing)}
          />
        )}
        {proposal ? (
          <Action
            label={trans.__(
              'Use %1',
              rangeText(proposal.first, proposal.last, proposal.endpoint, trans)
            )}
            onClick={() => session.edit(...angleChanges(proposal))}
          />
        ) : null}
      </Row>
      {keep(() => (
        <AnglesEditor session={session} description={description} />
      ))}
    </>
  );
}

function AnglesEditor({ session, description }: IAnglesProps): JSX.Element {
  const { trans } = usePanel();
  const stated = session.recipe.dataset?.angles;
  const proposal = proposedAngles(description);
  // Those of the data are their measured ends.
  const { angles } = description;
  const held = {
    first: stated?.first ?? proposal?.first ?? angles.first ?? 0,
    last: stated?.last ?? proposal?.last ?? angles.last ?? 180,
    endpoint: stated?.endpoint ?? proposal?.endpoint ?? true
  };
  // Until there are any, they are put together here and set at once.
  const [draft, setDraft] = React.useState(held);
  const known = description.angles.source !== 'unknown';
  const { first, last, endpoint } = known || stated ? held : draft;
  const set = (angles: {
    first: number;
    last: number;
    endpoint: boolean;
  }): void => {
    setDraft(angles);
    if (known || stated) {
      session.edit(...angleChanges(angles));
    }
  };
  // As the schema has it: golden angles of many projections are many turns.
  const bounds = { min: -36000000, max: 36000000 };
  return (
    <Row label={trans.__('From … to')}>
      <NumberField
        label={trans.__('First angle in degrees')}
        value={first}
        {...bounds}
        onCommit={value => set({ first: value ?? 0, last, endpoint })}
      />
      <NumberField
        label={trans.__('Last angle in degrees')}
        value={last}
        {...bounds}
        onCommit={value => set({ first, last: value ?? 180, endpoint })}
      />
      <label
        className="jp-TomoCheck"
        title={trans.__(
          'On: the last projection stands at the last angle. Off: one step before it.'
        )}
      >
        <input
          type="checkbox"
          checked={endpoint}
          onChange={event =>
            set({ first, last, endpoint: event.target.checked })
          }
        />
        {trans.__('both ends')}
      </label>
      {known ? (
        stated ? (
          <LinkAction
            label={trans.__('clear')}
            title={trans.__('Take the angles from the files')}
            onClick={() =>
              session.edit({ path: ['dataset', 'angles'], value: undefined })
            }
          />
        ) : null
      ) : (
        <Action
          label={trans.__('Set')}
          title={trans.__('State these angles in the recipe')}
          onClick={() =>
            session.edit(...angleChanges({ first, last, endpoint }))
          }
        />
      )}
    </Row>
  );
}
