/**
 * A form that JupyterLab's form component draws from a schema. It has no say in
 * what is right: what is told at its fields comes from elsewhere.
 */
import { FormComponent } from '@jupyterlab/ui-components';
import type { JSONObject, ReadonlyJSONObject } from '@lumino/coreutils';
import type { ErrorSchema } from '@rjsf/utils';
import React from 'react';

import { trustingValidator } from './validator';

type FormProps = React.ComponentProps<typeof FormComponent>;

export interface IDrawnFormProps extends Pick<
  FormProps,
  | 'className'
  | 'schema'
  | 'uiSchema'
  | 'formContext'
  | 'templates'
  | 'widgets'
  | 'fields'
  | 'idPrefix'
> {
  data: ReadonlyJSONObject;
  /** What is wrong with a field, by its name. */
  problems: ReadonlyMap<string, string>;
  onChange: (after: JSONObject) => void;
}

export function DrawnForm(props: IDrawnFormProps): JSX.Element {
  const { data, problems, onChange, ...drawing } = props;
  return (
    <FormComponent
      {...drawing}
      tagName="div"
      formData={data}
      validator={trustingValidator}
      noValidate
      showErrorList={false}
      extraErrors={errorsOf(problems)}
      onChange={event => onChange(copyOf(JSON.stringify(event.formData ?? {})))}
    />
  );
}

/** The object that a text is of. */
export function copyOf(text: string): JSONObject {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? value : {};
}

function isJsonObject(value: unknown): value is JSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function errorsOf(
  problems: ReadonlyMap<string, string>
): ErrorSchema<ReadonlyJSONObject> {
  const errors: Record<string, { __errors: string[] }> = {};
  for (const [name, message] of problems) {
    errors[name] = { __errors: [message] };
  }
  return errors;
}
