/**
 * The chosen plugin: what it does, what is wrong with it, and its parameters.
 */
import React from 'react';

import type { SavuPlugin } from '../api';
import { useKept } from '../kept';
import { isUsed } from './catalogue';
import type { IParameter, IPlugin } from './catalogue';
import { useEditor } from './context';
import { Findings } from './findings';
import { ParameterRow } from './parameter-row';
import { valuesOf } from './operations';
import type { Values } from './operations';

/** The chosen plugin, and unseen those with a text that is refused. */
export function PluginDetails(): JSX.Element {
  const { model, trans } = useEditor();
  const { plugins } = model.list;
  if (!model.plugin && !model.adding) {
    return (
      <p className="jp-TomoSavu-none">
        {trans.__('Add a plugin to begin with.')}
      </p>
    );
  }
  return (
    <>
      {plugins.map((plugin, index) => (
        <Details key={`${index} ${plugin.id}`} plugin={plugin} index={index} />
      ))}
    </>
  );
}

function Details({
  plugin,
  index
}: {
  plugin: SavuPlugin;
  index: number;
}): JSX.Element | null {
  const { model, trans } = useEditor();
  const open = index === model.selected && !model.adding;
  const { keep } = useKept(open);
  const known = model.catalogue.find(plugin.id);
  const values = valuesOf(plugin);
  const missing =
    known?.parameters.some(({ name }) => !(name in values)) ?? false;
  return keep(() => (
    <div className="jp-TomoSavu-details" hidden={!open}>
      <header>
        <h2>{known?.title ?? plugin.name}</h2>
        <code title={plugin.id}>{plugin.name}</code>
        {known ? <p>{known.help}</p> : null}
        {known?.needs ? (
          <p className="jp-TomoNote">
            {trans.__('Savu needs %1 for it.', known.needs)}
          </p>
        ) : null}
      </header>
      <Findings
        findings={model.findings.filter(each => each.index === index)}
      />
      {missing && !model.readOnly ? (
        <button
          type="button"
          className="jp-TomoLink"
          onClick={() => model.complete()}
        >
          {trans.__('Fill in the parameters that are missing')}
        </button>
      ) : null}
      {known ? (
        <KnownParameters known={known} values={values} />
      ) : (
        <Group parameters={Object.keys(values).map(anything)} values={values} />
      )}
    </div>
  ));
}

function KnownParameters({
  known,
  values
}: {
  known: IPlugin;
  values: Values;
}): JSX.Element {
  const { trans } = useEditor();
  const main: IParameter[] = [];
  const more: IParameter[] = [];
  for (const parameter of known.parameters) {
    const { level, name } = parameter;
    if (level === 'basic' || level === 'intermediate') {
      (isUsed(parameter, values) ? main : more).push(parameter);
    } else if (level !== 'hidden' || name in values) {
      more.push(parameter);
    }
  }
  const unknown = Object.keys(values).filter(
    name => !known.parameters.some(parameter => parameter.name === name)
  );
  return (
    <>
      <Group
        parameters={[...unknown.map(anything), ...main]}
        values={values}
        removable={unknown}
      />
      {more.length ? (
        <details className="jp-TomoSavu-more">
          <summary>{trans.__('More parameters')}</summary>
          <Group parameters={more} values={values} />
        </details>
      ) : null}
    </>
  );
}

function Group({
  parameters,
  values,
  removable = []
}: {
  parameters: readonly IParameter[];
  values: Values;
  removable?: readonly string[];
}): JSX.Element {
  return (
    <div className="jp-TomoSavu-parameters">
      {parameters.map(parameter => (
        <ParameterRow
          key={parameter.name}
          parameter={parameter}
          values={values}
          removable={removable.includes(parameter.name)}
        />
      ))}
    </div>
  );
}

/** A parameter of which nothing is known. */
function anything(name: string): IParameter {
  return {
    name,
    kinds: ['text', 'integer', 'number', 'flag', 'null', 'list', 'object'],
    default: undefined,
    level: 'basic',
    help: ''
  };
}
