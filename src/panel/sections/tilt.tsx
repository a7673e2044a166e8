/**
 * Section: how the axis of rotation leans.
 */
import React from 'react';

import type { Centre } from '../../api';
import type { IAxis } from '../../axis';
import { formatNumber } from '../../quantities';
import { isRotated, TILT_LIMITS } from '../../recipe';
import type { IRecipeSession } from '../../tokens';
import { usePanel } from '../context';
import { rowCostText, spreadText } from '../describe';
import { tiltChanges } from '../edits';
import { NumberField, Row } from '../fields';

/**
 * @param used the axis that is seen while the recipe leaves it to the run; null: none is known
 * @param found what the finder last said
 */
export function TiltRow({
  session,
  used,
  found
}: {
  session: IRecipeSession;
  used: IAxis | null;
  found: Centre | null;
}): JSX.Element {
  const { trans } = usePanel();
  const { recipe } = session;
  const { column, tilt = 0 } = recipe.regions?.centre ?? {};
  const isStated = column !== undefined;
  const isKnown = isStated || used !== null;
  return (
    <Row
      label={trans.__('Tilt')}
      title={trans.__(
        'Positive: the axis leans to larger columns further down'
      )}
    >
      <NumberField
        label={trans.__('Tilt of the axis in degrees')}
        title={
          isKnown
            ? undefined
            : trans.__(
                'A tilt counts beside a column alone: find the axis, state its column, or show a slice'
              )
        }
        value={isStated ? tilt : null}
        digits={3}
        min={TILT_LIMITS.minimum}
        max={TILT_LIMITS.maximum}
        placeholder={
          isKnown && used ? formatNumber(used.tilt) : trans.__('auto')
        }
        optional={!isStated}
        steps={[0.01, 0.1]}
        start={used?.tilt}
        disabled={!isKnown}
        onCommit={value => session.edit(...tiltChanges(value, recipe, used))}
      />
      <span className="jp-TomoNote">
        °
        {found
          ? ` · ${trans._n('%1 row', '%1 rows', found.rows.length)}, ${spreadText(found, trans)}`
          : null}
      </span>
      <RotationNote session={session} />
    </Row>
  );
}

/** That the tilt of the recipe rotates the projections, and what that takes. */
function RotationNote({
  session
}: {
  session: IRecipeSession;
}): JSX.Element | null {
  const { trans } = usePanel();
  const { recipe, description, rowSeconds } = session;
  const { column, tilt = 0 } = recipe.regions?.centre ?? {};
  if (
    column === undefined ||
    description.state !== 'ready' ||
    !isRotated(tilt, description.value.columns)
  ) {
    return null;
  }
  const about = rowCostText(rowSeconds, trans);
  return (
    <span
      className="jp-TomoNote"
      title={trans.__(
        'At the edge of the image the tilt is more than half a row: the server rotates the projections, so that the axis stands upright. The column stays live.'
      )}
    >
      {about === null
        ? trans.__('rotates the projections')
        : trans.__('rotates the projections: %1 a row', about)}
    </span>
  );
}
