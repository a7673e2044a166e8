/**
 * Rows of a form, as compact as the rest of the panel.
 */
import type { FieldTemplateProps, ObjectFieldTemplateProps } from '@rjsf/utils';
import React from 'react';

/** Label, control, and below them what is wrong. */
export function FieldTemplate(props: FieldTemplateProps): JSX.Element {
  const { id, label, schema, rawErrors, children } = props;
  if (schema.type === 'object') {
    return <>{children}</>;
  }
  return (
    <div className="jp-TomoRow">
      <label
        className="jp-TomoRow-label"
        htmlFor={id}
        title={schema.description ?? label}
      >
        {label}
      </label>
      <div className="jp-TomoRow-content">
        {children}
        {rawErrors?.length ? (
          <span className="jp-TomoForm-error" role="alert">
            {rawErrors.join(' ')}
          </span>
        ) : null}
      </div>
    </div>
  );
}

export function ObjectFieldTemplate(
  props: ObjectFieldTemplateProps
): JSX.Element {
  return (
    <div className="jp-TomoForm-rows">
      {props.properties.map(property => property.content)}
    </div>
  );
}
