/**
 * Section: the pre-processing steps, in the order in which they run.
 */
import { caretRightIcon, closeIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IEffectiveFilter, IStep } from '../../recipe';
import {
  effectiveFilters,
  missingSteps,
  stepOf,
  widestMedian
} from '../../recipe';
import { useKept } from '../../kept';
import type { IRecipeSession } from '../../tokens';
import { usePanel } from '../context';
import { rowCostText, stepApplies, stepText } from '../describe';
import { addStepChange, enableStepChange, removeStepChange } from '../edits';
import { SchemaForm } from '../forms/schema-form';
import type { ISliderRange } from '../forms/widgets';
import { RefusedNote } from '../refused-note';
import { Section } from '../section';

export function FiltersSection({
  session
}: {
  session: IRecipeSession;
}): JSX.Element {
  const { trans } = usePanel();
  const { recipe } = session;
  const steps = effectiveFilters(recipe);
  const lastOnProjections = steps
    .map(step => stepOf(step.name)?.domain)
    .lastIndexOf('projection');
  const missing = missingSteps(recipe);
  const on = steps.filter(
    step => step.enabled && stepApplies(step.name, recipe)
  ).length;
  return (
    <Section
      id="filters"
      title={trans.__('Filters')}
      note={
        steps.length
          ? trans.__('%1 of %2 on', on, steps.length)
          : trans.__('none')
      }
    >
      <ol className="jp-TomoSteps">
        {steps.map((step, index) => (
          <React.Fragment key={`${step.name}-${step.index}`}>
            <Step session={session} step={step} />
            {index === lastOnProjections ? (
              <ProjectionCost seconds={session.rowSeconds} />
            ) : null}
          </React.Fragment>
        ))}
      </ol>
      {missing.length ? (
        <select
          className="jp-TomoAdd"
          aria-label={trans.__('Add a step')}
          value=""
          onChange={event =>
            session.edit(addStepChange(recipe, event.target.value))
          }
        >
          <option value="" disabled>
            {trans.__('+ add a step')}
          </option>
          {missing.map(name => (
            <option key={name} value={name} title={stepOf(name)?.help}>
              {stepOf(name)?.title ?? name}
            </option>
          ))}
        </select>
      ) : null}
    </Section>
  );
}

/** Made once: icons that are rendered write their styles again. */
const CARET = (
  <caretRightIcon.react
    tag="span"
    className="jp-TomoStep-caret"
    elementPosition="center"
  />
);
const CLOSE = (
  <closeIcon.react tag="span" elementPosition="center" width="12px" />
);

/** What a change of one of the steps above takes: they run together, where the projections are. */
function ProjectionCost({ seconds }: { seconds: number | null }): JSX.Element {
  const { trans } = usePanel();
  const about = rowCostText(seconds, trans);
  return (
    <li
      className="jp-TomoSteps-cost"
      title={trans.__(
        'A change of one of them needs the projections again: the server computes the row anew, through all of them.'
      )}
    >
      {about === null
        ? trans.__('these by the server')
        : trans.__('these together, by the server: %1 a row', about)}
    </li>
  );
}

/** Widths of medians are odd, and no wider than the image. */
function medianSliders(
  step: IStep,
  { description }: IRecipeSession
): Record<string, ISliderRange> {
  const columns =
    description.state === 'ready' ? description.value.columns : Infinity;
  const found: Record<string, ISliderRange> = {};
  for (const name of Object.keys(step.schema)) {
    const maximum = widestMedian(step, name, columns);
    if (maximum !== null) {
      found[name] = { maximum, step: 2 };
    }
  }
  return found;
}

function Step({
  session,
  step
}: {
  session: IRecipeSession;
  step: IEffectiveFilter;
}): JSX.Element {
  const { trans } = usePanel();
  const [open, setOpen] = React.useState(false);
  const { refused, keep } = useKept(open);
  const body = `jp-TomoStep-${React.useId()}`;
  const known = stepOf(step.name);
  const title = known?.title ?? step.name;
  const applies = stepApplies(step.name, session.recipe);
  const off = !step.enabled || !applies;
  const summary = applies
    ? stepText(step, session.recipe, trans)
    : trans.__('not for this kind of pixels');
  return (
    <li className={`jp-TomoStep${off ? ' jp-mod-off' : ''}`}>
      <div className="jp-TomoStep-line">
        <input
          type="checkbox"
          aria-label={trans.__('%1: on', title)}
          checked={step.enabled}
          onChange={event =>
            session.edit(enableStepChange(step.index, event.target.checked))
          }
        />
        <button
          type="button"
          className="jp-TomoStep-toggle"
          aria-expanded={open}
          aria-controls={body}
          title={known?.help}
          onClick={() => setOpen(!open)}
        >
          <span className="jp-TomoStep-title">{title}</span>
          <span className="jp-TomoStep-summary" title={summary}>
            {summary}
          </span>
          {CARET}
        </button>
        {open ? null : <RefusedNote count={refused} />}
        {known?.default === false ? (
          <button
            type="button"
            className="jp-TomoIconButton"
            aria-label={trans.__('Remove %1', title)}
            title={trans.__('Remove this step')}
            onClick={() => session.edit(removeStepChange(step.index))}
          >
            {CLOSE}
          </button>
        ) : null}
      </div>
      {keep(() => (
        <div className="jp-TomoStep-body" id={body} hidden={!open}>
          <p className="jp-TomoHint">{known?.help}</p>
          {known && Object.keys(known.schema).length ? (
            <SchemaForm
              session={session}
              path={['filters', step.index]}
              schema={known.schema}
              values={step.parameters}
              sliders={medianSliders(known, session)}
            />
          ) : null}
        </div>
      ))}
    </li>
  );
}
