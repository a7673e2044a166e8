/**
 * Section: the axis of rotation and the two rectangles.
 */
import React from 'react';

import type { Centre, Description } from '../../api';
import { axisChanges } from '../../axis';
import type { IAxis } from '../../axis';
import { formatNumber } from '../../quantities';
import type { IRecipeSession } from '../../tokens';
import { CommandIDs } from '../../tokens';
import { columnAt } from '../../recipe';
import type { Recipe, Rectangle } from '../../recipe';
import { usePanel } from '../context';
import { confidenceText, proposedAir } from '../describe';
import type { RegionName } from '../edits';
import { columnChanges, sideChange } from '../edits';
import {
  CentreEvidence,
  MethodNote,
  centreMethods,
  methodChoices
} from './centre-evidence';
import { Action, ChoiceField, LinkAction, NumberField, Row } from '../fields';
import { useFoundTools } from '../found-tools';
import { FailureMessage, Warnings } from '../messages';
import { Section } from '../section';
import { TiltRow } from './tilt';

/** Steps of the column in pixels: plain, and with shift. */
export const COLUMN_STEPS = [0.05, 1] as const;

/** Columns, and degrees, by which an axis is another one than was found: more than the digits that are written. */
const ASIDE = 0.005;
const ASKEW = 0.0008;

/** Whether the recipe's axis was moved from the one that was found. */
function isMoved({ regions }: Recipe, found: Centre): boolean {
  const { column, row = found.row, tilt = 0 } = regions?.centre ?? {};
  return (
    column !== undefined &&
    (Math.abs(columnAt({ column, row, tilt }, found.row) - found.column) >
      ASIDE ||
      Math.abs(tilt - found.tilt) > ASKEW)
  );
}

/** The axis of data of which nothing is known. */
function middleOf({ columns }: Description): IAxis {
  return { column: (columns - 1) / 2, row: 0, tilt: 0 };
}

export function CentreSection({
  session
}: {
  session: IRecipeSession;
}): JSX.Element {
  const { commands, trans } = usePanel();
  const { recipe, centre } = session;
  const description =
    session.description.state === 'ready' ? session.description.value : null;
  const { column, method = 'auto' } = recipe.regions?.centre ?? {};
  const methods = centreMethods(description, useFoundTools());
  const found = centre.state === 'ready' ? centre.value : null;
  // Where the recipe leaves it to the run, one goes on from the axis that is seen.
  const used = session.usedAxis ?? found;
  const start = used ?? (description && middleOf(description));
  const from = column ?? start?.column;
  const setColumn = (value: number | undefined): void =>
    session.edit(...columnChanges(value, recipe, start));
  const move = (sign: number) => (event: React.MouseEvent) => {
    if (from !== undefined) {
      setColumn(from + sign * COLUMN_STEPS[event.shiftKey ? 1 : 0]);
    }
  };
  const stepTitle = trans.__(
    '%1 px; with shift %2 px',
    COLUMN_STEPS[0],
    COLUMN_STEPS[1]
  );
  const good = found?.confidence.level === 'good';
  const note = found ? (
    <span
      className={
        isMoved(recipe, found) ? '' : good ? 'jp-mod-good' : 'jp-mod-warn'
      }
      title={trans.__(
        'One standard deviation: of the rows about the line, of the pairs in a row, or of what parts of an image say, whichever is most. Of several methods, how far apart they are.'
      )}
    >
      {isMoved(recipe, found)
        ? trans.__(
            'found %1: %2',
            formatNumber(found.column, 6),
            confidenceText(found, trans)
          )
        : confidenceText(found, trans)}
    </span>
  ) : null;
  return (
    <Section id="centre" title={trans.__('Centre of rotation')} note={note}>
      <Row
        label={trans.__('Column')}
        title={trans.__(
          'Axis of rotation, in columns of the full image from 0'
        )}
      >
        <div className="jp-TomoStepper">
          <Action
            label={trans.__('Less')}
            title={`− ${stepTitle}`}
            disabled={from === undefined}
            onClick={move(-1)}
          >
            −
          </Action>
          <NumberField
            label={trans.__(
              'Column of the axis of rotation; empty: found by the run'
            )}
            className="jp-mod-column"
            value={column ?? null}
            digits={3}
            min={0}
            max={description ? description.columns - 1 : undefined}
            placeholder={trans.__('auto')}
            optional
            steps={COLUMN_STEPS}
            start={from}
            onCommit={setColumn}
          />
          <Action
            label={trans.__('More')}
            title={`+ ${stepTitle}`}
            disabled={from === undefined}
            onClick={move(1)}
          >
            +
          </Action>
        </div>
        {centre.state === 'pending' ? (
          <>
            <span className="jp-TomoNote" role="status">
              {trans.__('Finding…')}
            </span>
            <LinkAction
              label={trans.__('cancel')}
              title={trans.__('Find the centre of rotation no more')}
              onClick={() => session.cancelCentre()}
            />
          </>
        ) : (
          <Action
            label={trans.__('Find')}
            title={trans.__('Find the centre of rotation by the method below')}
            disabled={!description}
            onClick={() => void commands.execute(CommandIDs.findCentre)}
          />
        )}
        {recipe.regions?.centre ? (
          <LinkAction
            label={trans.__('reset')}
            title={trans.__('Leave the centre to the run')}
            onClick={() =>
              session.edit({ path: ['regions', 'centre'], value: undefined })
            }
          />
        ) : null}
        {found && Number(found.column.toFixed(3)) !== column ? (
          <LinkAction
            label={
              found.confidence.level === 'good'
                ? trans.__('use %1', formatNumber(found.column, 2))
                : trans.__('use %1 all the same', formatNumber(found.column, 2))
            }
            onClick={() => session.edit(...axisChanges(found, recipe))}
          />
        ) : null}
      </Row>
      <Row label={trans.__('Method')}>
        <ChoiceField
          label={trans.__('How the centre of rotation is found')}
          value={method}
          options={methodChoices(methods, method, trans)}
          onCommit={value =>
            session.edit({
              path: ['regions', 'centre', 'method'],
              value: value === 'auto' ? undefined : value
            })
          }
        />
        <Action
          label={trans.__('By eye…')}
          title={trans.__(
            'Choose the sharpest of several slices at two rows, or lay a projection over its mirror image'
          )}
          disabled={!description}
          onClick={() => void commands.execute(CommandIDs.centreByEye)}
        />
        <MethodNote methods={methods} method={method} />
      </Row>
      <TiltRow session={session} used={used} found={found} />
      {centre.state === 'failed' ? (
        <FailureMessage failure={centre.failure} />
      ) : null}
      {found ? <Warnings texts={found.warnings} /> : null}
      {found ? (
        <CentreEvidence found={found} description={description} />
      ) : null}
      <RegionRow
        session={session}
        description={description}
        region="roi"
        label={trans.__('Region')}
        empty={trans.__('whole image; draw one in the viewer')}
      />
      <RegionRow
        session={session}
        description={description}
        region="air"
        label={trans.__('Air')}
        empty={trans.__('none; draw one in the viewer')}
      />
    </Section>
  );
}

interface IRegionProps {
  session: IRecipeSession;
  description: Description | null;
  region: RegionName;
  label: string;
  empty: string;
}

function RegionRow({
  session,
  description,
  region,
  label,
  empty
}: IRegionProps): JSX.Element {
  const { trans } = usePanel();
  const rectangle = session.recipe.regions?.[region];
  const sides = [
    trans.__('left'),
    trans.__('top'),
    trans.__('right'),
    trans.__('bottom')
  ];
  const proposal =
    region === 'air' && description && !rectangle
      ? proposedAir(description)
      : null;
  // Who has no pointer to draw with begins with this and types the sides.
  const start: Rectangle | null = description && [
    0,
    0,
    region === 'roi'
      ? description.columns
      : Math.ceil(description.columns / 10),
    description.rows
  ];
  const title =
    region === 'roi'
      ? trans.__(
          'Region of interest: left, top, right, bottom; right and bottom exclusive'
        )
      : trans.__(
          'Region that no projection of the sample enters: left, top, right, bottom'
        );
  return (
    <Row label={label} title={title}>
      {rectangle ? (
        <>
          <div className={`jp-TomoSides jp-mod-${region}`}>
            {rectangle.map((value, side) => (
              <NumberField
                key={side}
                label={`${label}: ${sides[side]}`}
                value={value}
                integer
                min={0}
                max={
                  description
                    ? side % 2
                      ? description.rows
                      : description.columns
                    : undefined
                }
                steps={[1, 10]}
                onCommit={next =>
                  session.edit(sideChange(region, rectangle, side, next ?? 0))
                }
              />
            ))}
          </div>
          <LinkAction
            label={trans.__('clear')}
            onClick={() =>
              session.edit({ path: ['regions', region], value: undefined })
            }
          />
        </>
      ) : (
        <>
          <span className="jp-TomoNote">{empty}</span>
          {proposal ? (
            <LinkAction
              label={trans.__('use [%1]', proposal.join(', '))}
              onClick={() =>
                session.edit({ path: ['regions', 'air'], value: proposal })
              }
            />
          ) : start ? (
            <LinkAction
              label={trans.__('type it')}
              title={trans.__('%1: state its sides as numbers', label)}
              onClick={() =>
                session.edit({ path: ['regions', region], value: start })
              }
            />
          ) : null}
        </>
      )}
    </Row>
  );
}
