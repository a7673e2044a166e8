/**
 * What a slice is made of and how it lies: some of the projections, a turn.
 */
import React from 'react';

import { formatNumber } from '../../quantities';
import recipeSchema from '../../recipe/_generated/recipe.schema.json';
import type { IRecipeSession } from '../../tokens';
import { usePanel } from '../context';
import { LinkAction, NumberField, Row } from '../fields';

const { angles: ANGLES, rotation: ROTATION } =
  recipeSchema.definitions.reconstruction.properties;
const PATH = ['reconstruction', 'angles'] as const;
/** Degrees that the arrow keys move an end of the range, and with shift. */
const RANGE_STEPS = [1, 10] as const;
const TURN_STEPS = [0.1, 1] as const;

/** Which projections are used: a range of angles, and every n-th in it. */
export function AnglesUsedRow({
  session
}: {
  session: IRecipeSession;
}): JSX.Element {
  const { trans } = usePanel();
  const { description } = session;
  const asked = session.recipe.reconstruction?.angles;
  const { first, last } =
    description.state === 'ready'
      ? description.value.angles
      : { first: null, last: null };
  const known = first !== null && last !== null;
  const least = known ? Math.min(first, last) : null;
  const most = known ? Math.max(first, last) : null;
  const set = (
    key: 'from' | 'to' | 'every',
    value: number | undefined
  ): void => {
    session.edit({ path: [...PATH, key], value });
  };
  return (
    <Row label={trans.__('Angles used')} title={ANGLES.description}>
      <NumberField
        label={trans.__(
          'Least angle that is used, in degrees; empty: no limit'
        )}
        value={asked?.from ?? null}
        placeholder={least === null ? '' : formatNumber(least, 2)}
        start={least}
        optional
        min={ANGLES.properties.from.minimum}
        max={ANGLES.properties.from.maximum}
        steps={RANGE_STEPS}
        onCommit={value => set('from', value)}
      />
      <span className="jp-TomoNote">…</span>
      <NumberField
        label={trans.__(
          'Largest angle that is used, in degrees; empty: no limit'
        )}
        value={asked?.to ?? null}
        placeholder={most === null ? '' : formatNumber(most, 2)}
        start={most}
        optional
        min={ANGLES.properties.to.minimum}
        max={ANGLES.properties.to.maximum}
        steps={RANGE_STEPS}
        onCommit={value => set('to', value)}
      />
      <span className="jp-TomoNote">°</span>
      <span className="jp-TomoNote">{trans.__('every')}</span>
      <NumberField
        label={trans.__('Of these the first and then every n-th projection')}
        className="jp-mod-short"
        value={asked?.every ?? 1}
        integer
        min={ANGLES.properties.every.minimum}
        max={ANGLES.properties.every.maximum}
        steps={[1, 5]}
        onCommit={value => set('every', value === 1 ? undefined : value)}
      />
      {asked ? (
        <LinkAction
          label={trans.__('all')}
          title={trans.__('Use all projections')}
          onClick={() => session.edit({ path: PATH, value: undefined })}
        />
      ) : null}
    </Row>
  );
}

/** How far slices are turned: in their plane, unlike the images of the data set. */
export function TurnRow({ session }: { session: IRecipeSession }): JSX.Element {
  const { trans } = usePanel();
  return (
    <Row label={trans.__('Turn slices')} title={ROTATION.description}>
      <NumberField
        label={trans.__('Degrees by which slices are turned clockwise')}
        value={session.recipe.reconstruction?.rotation ?? 0}
        min={ROTATION.minimum}
        max={ROTATION.maximum}
        steps={TURN_STEPS}
        onCommit={value =>
          session.edit({
            path: ['reconstruction', 'rotation'],
            value: value || undefined
          })
        }
      />
      <span className="jp-TomoNote">{trans.__('° clockwise')}</span>
    </Row>
  );
}
