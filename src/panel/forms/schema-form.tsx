/**
 * A form drawn from the schemas of parameters by JupyterLab's form component.
 *
 * Whether a value is right is decided by the recipe's own validation, so form,
 * document and runner never disagree.
 */
import type { JSONObject, ReadonlyJSONObject } from '@lumino/coreutils';
import { Debouncer } from '@lumino/polling';
import type { RJSFSchema } from '@rjsf/utils';
import React from 'react';

import { useRefused } from '../../kept';
import type { IParameterSchema } from '../../recipe';
import { applyEdits, problemsOf, textEdits } from '../../recipe';
import type { IRecipeChange, IRecipeSession } from '../../tokens';
import { formChanges } from '../edits';
import { copyOf, DrawnForm } from './drawn-form';
import { FieldTemplate, ObjectFieldTemplate } from './templates';
import { sliderEnd, widgetFor, WIDGETS } from './widgets';
import type { ISliderRange } from './widgets';

/** Pause after the last key before the recipe changes, in ms; sliders and choices are followed at once. */
const PAUSE = 250;

export interface ISchemaFormProps {
  session: IRecipeSession;
  /** Where in the recipe the values are. */
  path: IRecipeChange['path'];
  schema: Readonly<Record<string, IParameterSchema>>;
  /** The values that hold now, defaults included. */
  values: Readonly<Record<string, unknown>>;
  /** Ends and steps of sliders that differ from those of the schema. */
  sliders?: Readonly<Record<string, ISliderRange>>;
}

const TEMPLATES = { FieldTemplate, ObjectFieldTemplate };

export function SchemaForm({
  session,
  path,
  schema,
  values,
  sliders
}: ISchemaFormProps): JSX.Element {
  const key = JSON.stringify(values);
  const [draft, setDraft] = React.useState<JSONObject>(() => copyOf(key));
  const held = React.useRef<JSONObject>({});
  const commit = React.useRef<(after: ReadonlyJSONObject) => void>(
    () => undefined
  );
  commit.current = after => {
    const changes = formChanges(path, values, after);
    const refused = changeProblems(session, changes);
    // One that cannot be taken does not hold back the others.
    const taken = changes.filter(each => !refused.has(String(last(each.path))));
    if (taken.length && changeProblems(session, taken).size === 0) {
      held.current = Object.fromEntries(
        Object.entries(copyOf(JSON.stringify(after))).filter(([name]) =>
          refused.has(name)
        )
      );
      session.edit(...taken);
    }
  };
  const pause = React.useMemo(() => {
    let waiting: ReadonlyJSONObject | null = null;
    const end = (): void => {
      if (waiting) {
        commit.current(waiting);
        waiting = null;
      }
    };
    const debouncer = new Debouncer(end, PAUSE);
    return {
      commit: (after: ReadonlyJSONObject): void => {
        waiting = after;
        debouncer.invoke().catch(() => {
          // Disposed while it waited: the form is gone.
        });
      },
      end,
      dispose: (): void => debouncer.dispose()
    };
  }, []);
  React.useEffect(() => () => pause.dispose(), [pause]);
  // What was edited elsewhere (text, undo, viewer) takes the place of the draft; after an
  // edit of its own, what was refused stays to be mended.
  React.useEffect(() => {
    setDraft({ ...copyOf(key), ...held.current });
    held.current = {};
  }, [key]);

  const problems = changeProblems(session, formChanges(path, values, draft));
  useRefused(problems.size);
  const form = (
    <Fields
      schema={schema}
      sliders={sliders}
      data={draft}
      problems={problems}
      prefix={`jp-tomo-${path.join('-')}`}
      onChange={after => {
        setDraft(after);
        if (isTyping()) {
          pause.commit(after);
        } else {
          commit.current(after);
        }
      }}
    />
  );
  // Whoever leaves a field is done: a button that is pressed next finds the recipe as it is seen.
  return <div onBlur={pause.end}>{form}</div>;
}

interface IFieldsProps extends Pick<ISchemaFormProps, 'schema' | 'sliders'> {
  data: JSONObject;
  problems: ReadonlyMap<string, string>;
  /** Beginning of the fields' ids. */
  prefix: string;
  /** Of the first rendering: it does the same in all. */
  onChange: (after: JSONObject) => void;
}

/** Drawn again for what it shows only: each image of a slice that follows the hand waits for it. */
const Fields = React.memo(
  (props: IFieldsProps): JSX.Element => {
    const { schema, sliders, data, problems, prefix, onChange } = props;
    return (
      <DrawnForm
        className="jp-TomoForm"
        schema={formSchemaOf(schema)}
        uiSchema={uiSchemaOf(schema, sliders)}
        data={data}
        problems={problems}
        templates={TEMPLATES}
        widgets={WIDGETS}
        idPrefix={prefix}
        onChange={onChange}
      />
    );
  },
  (before, after) => shownBy(before) === shownBy(after)
);

/** All that fields show, as text. */
function shownBy(props: IFieldsProps): string {
  const { schema, sliders, data, problems, prefix } = props;
  return JSON.stringify([schema, sliders, data, [...problems], prefix]);
}

/** What the recipe's validation says of some changes, by the last key of their paths. */
export function changeProblems(
  session: Pick<IRecipeSession, 'recipe'>,
  changes: readonly IRecipeChange[]
): Map<string, string> {
  const problems = new Map<string, string>();
  if (changes.length === 0) {
    return problems;
  }
  const text = JSON.stringify(session.recipe);
  const after: unknown = JSON.parse(applyEdits(text, textEdits(text, changes)));
  for (const problem of problemsOf(after)) {
    const change = changes.find(
      each =>
        problem.path === dotted(each.path) ||
        problem.path.endsWith(`.${String(last(each.path))}`)
    );
    problems.set(String(last((change ?? changes[0]).path)), problem.message);
  }
  return problems;
}

/** The schema of a form from those of its parameters. */
export function formSchemaOf(schema: ISchemaFormProps['schema']): RJSFSchema {
  const properties: Record<string, RJSFSchema> = {};
  for (const [name, parameter] of Object.entries(schema)) {
    const {
      title,
      description,
      minimum,
      maximum,
      exclusiveMinimum,
      exclusiveMaximum
    } = parameter;
    const bounds = { minimum, maximum, exclusiveMinimum, exclusiveMaximum };
    const choices = parameter.enum ? { enum: [...parameter.enum] } : {};
    properties[name] = {
      type: typeOf(parameter),
      title: parameter.unit ? `${title ?? name} (${parameter.unit})` : title,
      description,
      ...bounds,
      ...choices
    };
  }
  return { type: 'object', properties };
}

function typeOf(
  parameter: IParameterSchema
): 'string' | 'number' | 'integer' | 'boolean' {
  const type = parameter.type ?? typeof parameter.enum?.[0];
  return type === 'number' || type === 'integer' || type === 'boolean'
    ? type
    : 'string';
}

function uiSchemaOf(
  schema: ISchemaFormProps['schema'],
  sliders: ISchemaFormProps['sliders'] = {}
): Record<string, object> {
  return Object.fromEntries(
    Object.entries(schema).map(([name, parameter]) => [
      name,
      {
        'ui:widget': widgetFor(parameter),
        'ui:options': sliders[name] ?? { maximum: sliderEnd(parameter) }
      }
    ])
  );
}

/** Whether the change comes from a text field. */
function isTyping(): boolean {
  const active = document.activeElement;
  return (
    active instanceof HTMLInputElement &&
    (active.type === 'text' || active.type === 'number')
  );
}

function last(path: IRecipeChange['path']): string | number {
  return path[path.length - 1];
}

function dotted(path: IRecipeChange['path']): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number'
        ? `${text}[${key}]`
        : text
          ? `${text}.${key}`
          : key,
    ''
  );
}
