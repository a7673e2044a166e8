/**
 * Section: the tool that makes slices, its method and parameters.
 */
import React from 'react';

import { useKept } from '../../kept';
import type { IParameterSchema } from '../../recipe';
import { effectiveReconstruction } from '../../recipe';
import recipeSchema from '../../recipe/_generated/recipe.schema.json';
import type { IRecipeSession } from '../../tokens';
import { usePanel } from '../context';
import { ChoiceField, LinkAction, Row } from '../fields';
import type { IChoiceFieldProps } from '../fields';
import { useFoundTools } from '../found-tools';
import { SchemaForm } from '../forms/schema-form';
import { FailureMessage } from '../messages';
import { Section } from '../section';
import type { IOffer, IOfferedMethod } from '../tools';
import { offersOf } from '../tools';
import { AnglesUsedRow, TurnRow } from './slice';

type Schema = Readonly<Record<string, IParameterSchema>>;

const MASK: Schema = {
  mask: recipeSchema.definitions.reconstruction.properties.mask
};

export function ToolSection({
  session
}: {
  session: IRecipeSession;
}): JSX.Element {
  const { trans } = usePanel();
  const offers = useOffers();
  const { tool, method, parameters, mask } = effectiveReconstruction(
    session.recipe
  );
  const known = offers.find(each => each.name === tool);
  const chosen = known?.methods.find(each => each.name === method);
  return (
    <Section
      id="tool"
      title={trans.__('Tool')}
      note={known ? `${known.title}, ${chosen?.title ?? method}` : tool}
    >
      <Row label={trans.__('Tool')} title={known?.help}>
        <ChoiceField
          label={trans.__('Tool')}
          value={tool}
          options={toolOptions(offers, tool, trans.__('not available'))}
          onCommit={name =>
            session.edit(
              { path: ['reconstruction', 'tool'], value: name },
              {
                path: ['reconstruction', 'method'],
                value: offers.find(each => each.name === name)?.methods[0]?.name
              },
              { path: ['reconstruction', 'parameters'], value: undefined }
            )
          }
        />
      </Row>
      <Method session={session} offer={known} method={method} />
      {chosen ? <p className="jp-TomoHint">{chosen.help}</p> : null}
      {chosen?.why ? (
        <p className="jp-TomoHint jp-mod-warn">{chosen.why}</p>
      ) : null}
      {tool === 'command' ? <SavedCommands session={session} /> : null}
      {chosen ? (
        <Parameters
          key={`${tool}/${method}`}
          session={session}
          schema={chosen.schema}
          values={{ ...defaultsOf(chosen.schema), ...parameters }}
        />
      ) : null}
      <SchemaForm
        session={session}
        path={['reconstruction']}
        schema={MASK}
        values={{ mask }}
      />
      <AnglesUsedRow session={session} />
      <TurnRow session={session} />
      <Missing offers={offers} chosen={tool} />
    </Section>
  );
}

/** The method; advanced ones on request. */
function Method({
  session,
  offer,
  method
}: {
  session: IRecipeSession;
  offer: IOffer | undefined;
  method: string;
}): JSX.Element {
  const { trans } = usePanel();
  const [all, setAll] = React.useState(false);
  const methods = offer?.methods ?? [];
  const basic = methods.filter(
    each => each.level !== 'advanced' && (!each.why || each.name === method)
  );
  const shown =
    all || !methods.some(each => each.name === method)
      ? methods
      : methods.filter(each => basic.includes(each) || each.name === method);
  return (
    <Row label={trans.__('Method')}>
      <ChoiceField
        label={trans.__('Method')}
        value={method}
        options={methodOptions(shown, method)}
        onCommit={name =>
          session.edit(
            { path: ['reconstruction', 'method'], value: name },
            { path: ['reconstruction', 'parameters'], value: undefined }
          )
        }
      />
      {basic.length < methods.length ? (
        <LinkAction
          label={all ? trans.__('Fewer methods') : trans.__('All methods')}
          onClick={() => setAll(!all)}
        />
      ) : null}
    </Row>
  );
}

/** The form of the parameters; advanced ones on request, and those that are set. */
function Parameters({
  session,
  schema,
  values
}: {
  session: IRecipeSession;
  schema: Schema;
  values: Readonly<Record<string, unknown>>;
}): JSX.Element | null {
  const { trans } = usePanel();
  const [asked, setAll] = React.useState(false);
  const { refused, keep } = useKept(true);
  // What was refused may be one of those that would go.
  const all = asked || refused > 0;
  const entries = Object.entries(schema).filter(([, parameter]) =>
    counts(parameter, values)
  );
  // What was set once stays: it may pass its default while it is edited.
  const wasSet = React.useRef(new Set<string>());
  for (const [name, parameter] of entries) {
    if (JSON.stringify(values[name]) !== JSON.stringify(parameter.default)) {
      wasSet.current.add(name);
    }
  }
  const shown = entries.filter(
    ([name, parameter]) =>
      all ||
      parameter.level !== 'advanced' ||
      // What belongs to a choice that was made is shown with it.
      parameter.when !== undefined ||
      wasSet.current.has(name)
  );
  return keep(() => (
    <>
      <SchemaForm
        session={session}
        path={['reconstruction', 'parameters']}
        schema={Object.fromEntries(shown)}
        values={Object.fromEntries(
          shown
            .map(([name]): [string, unknown] => [name, values[name]])
            .filter(([, value]) => value !== undefined)
        )}
      />
      {all || shown.length < entries.length ? (
        <Row label="">
          <LinkAction
            label={all ? trans.__('Fewer settings') : trans.__('All settings')}
            onClick={() => setAll(!asked)}
          />
        </Row>
      ) : null}
    </>
  ));
}

/** The commands of the settings, to choose from. */
function SavedCommands({
  session
}: {
  session: IRecipeSession;
}): JSX.Element | null {
  const { trans, model } = usePanel();
  const { commands } = model.jobs;
  const { command } = effectiveReconstruction(session.recipe).parameters;
  if (commands.length === 0) {
    return null;
  }
  const options = commands.map(each => ({
    value: each.command,
    label: each.name,
    title: each.command
  }));
  const saved = commands.some(each => each.command === command);
  return (
    <Row label={trans.__('Saved')}>
      <ChoiceField
        label={trans.__('Saved commands')}
        value={saved ? String(command) : ''}
        options={
          saved
            ? options
            : [{ value: '', label: trans.__('Another one') }, ...options]
        }
        onCommit={value => {
          if (value) {
            session.edit({
              path: ['reconstruction', 'parameters', 'command'],
              value
            });
          }
        }}
      />
    </Row>
  );
}

/** The tools that cannot run, why, and what to do. */
function Missing({
  offers,
  chosen
}: {
  offers: readonly IOffer[];
  chosen: string;
}): JSX.Element | null {
  const { trans, tools } = usePanel();
  const missing = offers.filter(each => each.available === false);
  if (tools.found.state === 'pending') {
    return (
      <p className="jp-TomoHint" role="status">
        {trans.__('Looking at the tools of the kernel…')}
      </p>
    );
  }
  if (tools.found.state === 'failed') {
    return (
      <FailureMessage
        failure={tools.found.failure}
        retry={{
          label: trans.__('Look again'),
          onClick: () => tools.lookAgain()
        }}
      />
    );
  }
  if (
    tools.found.state === 'ready' &&
    !offers.some(each => each.name === chosen)
  ) {
    return (
      <p className="jp-TomoHint jp-mod-warn">
        {trans.__(
          '%1 is not in the Python that was asked: install the package that has it there, or choose a kernel that has it.',
          chosen
        )}{' '}
        <LinkAction
          label={trans.__('Look again')}
          onClick={() => tools.lookAgain()}
        />
      </p>
    );
  }
  if (missing.length === 0) {
    return null;
  }
  return (
    <details
      className="jp-TomoHint jp-TomoMissing"
      open={missing.some(each => each.name === chosen)}
    >
      <summary>
        {trans._n(
          '%1 tool is not available in this kernel',
          '%1 tools are not available in this kernel',
          missing.length
        )}
      </summary>
      {missing.map(each => (
        <p key={each.name}>
          <b>{each.title}</b>: {each.why}
        </p>
      ))}
      <LinkAction
        label={trans.__('Look again')}
        onClick={() => tools.lookAgain()}
      />
    </details>
  );
}

function useOffers(): IOffer[] {
  const found = useFoundTools();
  return React.useMemo(
    () => offersOf(found.state === 'ready' ? found.value : null),
    [found]
  );
}

/** Whether a parameter does anything with the values of the others. */
function counts(
  { when }: IParameterSchema,
  values: Readonly<Record<string, unknown>>
): boolean {
  return Object.entries(when ?? {}).every(([name, wanted]) =>
    wanted.includes(values[name])
  );
}

function defaultsOf(schema: Schema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([, parameter]) => parameter.default !== undefined)
      .map(([name, parameter]) => [name, parameter.default])
  );
}

/** Choices by title; the one that is set stays among them even when nobody knows it. */
function toolOptions(
  offers: readonly IOffer[],
  set: string,
  unavailable: string
): IChoiceFieldProps['options'] {
  const options = offers.map(offer => ({
    value: offer.name,
    label:
      offer.available === false
        ? `${offer.title} (${unavailable})`
        : offer.title,
    disabled: offer.available === false && offer.name !== set,
    title: offer.why || offer.help
  }));
  return withSet(options, set);
}

function methodOptions(
  methods: readonly IOfferedMethod[],
  set: string
): IChoiceFieldProps['options'] {
  const options = methods.map(method => ({
    value: method.name,
    label: method.title,
    disabled: method.why !== undefined && method.name !== set,
    title: method.why ?? method.help
  }));
  return withSet(options, set);
}

function withSet(
  options: IChoiceFieldProps['options'],
  set: string
): IChoiceFieldProps['options'] {
  return options.some(option => option.value === set)
    ? options
    : [...options, { value: set, label: set }];
}
