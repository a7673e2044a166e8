/**
 * Section: the tool that makes slices, its method and parameters.
 */
import React from 'react';

import type { IParameterSchema } from '../../recipe';
import { effectiveReconstruction, methodOf, TOOLS, toolOf } from '../../recipe';
import recipeSchema from '../../recipe/_generated/recipe.schema.json';
import type { IRecipeSession } from '../../tokens';
import { usePanel } from '../context';
import { ChoiceField, Row } from '../fields';
import { SchemaForm } from '../forms/schema-form';
import { Section } from '../section';

const MASK: Readonly<Record<string, IParameterSchema>> = {
  mask: recipeSchema.definitions.reconstruction.properties.mask
};

export function ToolSection({
  session
}: {
  session: IRecipeSession;
}): JSX.Element {
  const { trans } = usePanel();
  const { tool, method, parameters, mask } = effectiveReconstruction(
    session.recipe
  );
  const known = toolOf(tool);
  const chosen = methodOf(tool, method);
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
          options={optionsOf(TOOLS, tool)}
          onCommit={name =>
            session.edit(
              { path: ['reconstruction', 'tool'], value: name },
              {
                path: ['reconstruction', 'method'],
                value: toolOf(name)?.methods[0]?.name
              },
              { path: ['reconstruction', 'parameters'], value: undefined }
            )
          }
        />
        <ChoiceField
          label={trans.__('Method')}
          value={method}
          options={optionsOf(known?.methods ?? [], method)}
          onCommit={name =>
            session.edit(
              { path: ['reconstruction', 'method'], value: name },
              { path: ['reconstruction', 'parameters'], value: undefined }
            )
          }
        />
      </Row>
      {chosen ? (
        <SchemaForm
          key={`${tool}/${method}`}
          session={session}
          path={['reconstruction', 'parameters']}
          schema={chosen.schema}
          values={parameters}
        />
      ) : null}
      <SchemaForm
        session={session}
        path={['reconstruction']}
        schema={MASK}
        values={{ mask }}
      />
      {chosen ? <p className="jp-TomoHint">{chosen.help}</p> : null}
    </Section>
  );
}

/** Choices by title; the one that is set stays among them even when nobody knows it. */
function optionsOf(
  known: readonly { name: string; title: string }[],
  set: string
): { value: string; label: string }[] {
  const options = known.map(({ name, title }) => ({
    value: name,
    label: title
  }));
  return options.some(option => option.value === set)
    ? options
    : [...options, { value: set, label: set }];
}
