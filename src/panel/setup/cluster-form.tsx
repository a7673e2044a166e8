/**
 * The settings of one cluster as a form, drawn from the schema of the settings
 * by JupyterLab's form component.
 */
import type {
  JSONObject,
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';
import type { ObjectFieldTemplateProps, RJSFSchema } from '@rjsf/utils';
import React from 'react';

import { usePanel } from '../context';
import { copyOf, DrawnForm } from '../forms/drawn-form';
import { FieldTemplate } from '../forms/templates';
import { WIDGETS } from '../forms/widgets';
import { ListedFields, SETUP_WIDGETS } from './fields';

/** What everybody sets; the rest is folded. In the order in which they are shown. */
const BASIC: readonly string[] = [
  'title',
  'host',
  'user',
  'partition',
  'cores',
  'memory',
  'time',
  'tasks',
  'prelude',
  'pythons'
];

/** Placeholders that fit; what the fields are for is told on their labels. */
const EXAMPLES: Readonly<Record<string, string>> = {
  jump: 'user@host:port',
  hostKey: 'SHA256:…',
  key: '~/.ssh/id_ed25519',
  constraint: 'scarf18'
};

const ALL_WIDGETS = { ...WIDGETS, ...SETUP_WIDGETS };
const TEMPLATES = {
  FieldTemplate: SetupFieldTemplate,
  ObjectFieldTemplate: FoldedTemplate
};
const FIELDS = ListedFields;

export interface IClusterFormProps {
  schema: ReadonlyPartialJSONObject;
  values: ReadonlyJSONObject;
  problems: ReadonlyMap<string, string>;
  onChange: (values: JSONObject) => void;
}

export function ClusterForm(props: IClusterFormProps): JSX.Element {
  const { schema, values, problems, onChange } = props;
  const drawn = React.useMemo(() => drawable(schema), [schema]);
  const ui = React.useMemo(() => uiOf(drawn), [drawn]);
  return (
    <DrawnForm
      className="jp-TomoForm jp-TomoClusterForm"
      schema={drawn}
      uiSchema={ui}
      data={values}
      problems={problems}
      formContext={{ problems }}
      templates={TEMPLATES}
      widgets={ALL_WIDGETS}
      fields={FIELDS}
      idPrefix="jp-tomo-cluster"
      onChange={onChange}
    />
  );
}

/** Values with the defaults of the schema where none is set. */
export function withDefaults(
  schema: ReadonlyPartialJSONObject,
  cluster: ReadonlyPartialJSONObject
): JSONObject {
  const defaults = Object.entries(propertiesOf(schema)).flatMap(
    ([name, property]) =>
      isObject(property) && property['default'] !== undefined
        ? [[name, property['default']]]
        : []
  );
  return copyOf(
    JSON.stringify({ ...Object.fromEntries(defaults), ...cluster })
  );
}

/** The schema without what only a validation needs. */
function drawable(schema: ReadonlyPartialJSONObject): RJSFSchema {
  const properties: Record<string, RJSFSchema> = {};
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    if (isSchema(property)) {
      properties[name] = property;
    }
  }
  return { type: 'object', properties };
}

function uiOf({ properties = {} }: RJSFSchema): Record<string, object> {
  const ui: Record<string, object> = {
    'ui:order': [...BASIC.filter(name => name in properties), '*']
  };
  for (const [name, property] of Object.entries(properties)) {
    if (typeof property !== 'boolean') {
      ui[name] = controlOf(property, EXAMPLES[name]);
    }
  }
  return ui;
}

function controlOf(property: RJSFSchema, example: string | undefined): object {
  const { description } = property;
  switch (property.type) {
    case 'array':
      return isObject(property.items) && property.items['type'] === 'string'
        ? { 'ui:widget': 'tomoLines', 'ui:placeholder': description }
        : { 'ui:field': 'tomoMapping' };
    case 'object':
      return { 'ui:field': 'tomoNames' };
    case 'integer':
    case 'number':
      return { 'ui:widget': 'tomoNumber' };
    default:
      return property.enum
        ? { 'ui:widget': 'tomoChoice' }
        : {
            'ui:widget': 'tomoText',
            'ui:placeholder': example ?? description,
            'ui:emptyValue': ''
          };
  }
}

/** Lists are rows, too; only the form as a whole is none. */
function SetupFieldTemplate(
  props: React.ComponentProps<typeof FieldTemplate>
): JSX.Element {
  const { id, schema } = props;
  return id === 'jp-tomo-cluster' ? (
    <>{props.children}</>
  ) : (
    <FieldTemplate
      {...props}
      schema={schema.type === 'object' ? { ...schema, type: 'array' } : schema}
    />
  );
}

function FoldedTemplate(props: ObjectFieldTemplateProps): JSX.Element {
  const { trans } = usePanel();
  const { properties } = props;
  const formContext: unknown = props.formContext;
  const problems: unknown = isObject(formContext)
    ? formContext['problems']
    : null;
  const folded = properties.filter(each => !BASIC.includes(each.name));
  const wrong = folded.some(
    each => problems instanceof Map && problems.has(each.name)
  );
  const [open, setOpen] = React.useState(false);
  return (
    <div className="jp-TomoForm-rows">
      {properties
        .filter(each => BASIC.includes(each.name))
        .map(each => each.content)}
      <details
        className="jp-TomoForm-advanced"
        open={open || wrong}
        onToggle={event => setOpen(event.currentTarget.open)}
      >
        <summary>{trans.__('Advanced')}</summary>
        <div className="jp-TomoForm-rows">
          {folded.map(each => each.content)}
        </div>
      </details>
    </div>
  );
}

function propertiesOf(
  schema: ReadonlyPartialJSONObject
): ReadonlyPartialJSONObject {
  const { properties } = schema;
  return isObject(properties) ? properties : {};
}

function isObject(value: unknown): value is ReadonlyPartialJSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSchema(value: unknown): value is RJSFSchema {
  return isObject(value);
}
