/**
 * Section: where the slices go.
 */
import React from 'react';

import { choiceName } from '../../choice-names';
import { folderWords } from '../../job-words';
import type { IParameterSchema } from '../../recipe';
import { effectiveOutput } from '../../recipe';
import recipeSchema from '../../recipe/_generated/recipe.schema.json';
import type { IRecipeSession } from '../../tokens';
import { usePanel } from '../context';
import { relativePath, spaceText } from '../describe';
import { Row, TextField } from '../fields';
import { SchemaForm } from '../forms/schema-form';
import { Section } from '../section';

const { format, bits } = recipeSchema.definitions.output.properties;
/** Only what leaves a choice is a form. */
const CHOICES = Object.fromEntries(
  Object.entries<IParameterSchema>({ format, bits }).filter(
    ([, parameter]) => (parameter.enum?.length ?? 0) > 1
  )
);

export function OutputSection({
  session
}: {
  session: IRecipeSession;
}): JSX.Element {
  const { model, trans } = usePanel();
  const output = effectiveOutput(session.recipe);
  const estimate =
    model.estimate.state === 'ready' ? model.estimate.value : null;
  const space = estimate ? spaceText(estimate, trans) : null;
  return (
    <Section
      id="output"
      title={trans.__('Output')}
      note={trans.__(
        '%1, %2 bit',
        choiceName(output.format, trans),
        output.bits
      )}
    >
      <Row
        label={trans.__('Folder')}
        title={trans.__(
          '{name}, {tool} and {date} are filled in when the run starts'
        )}
      >
        <TextField
          label={trans.__('Output folder')}
          value={output.folder}
          onCommit={folder =>
            session.edit({
              path: ['output', 'folder'],
              value: folder.trim() || undefined
            })
          }
        />
      </Row>
      {Object.keys(CHOICES).length ? (
        <SchemaForm
          session={session}
          path={['output']}
          schema={CHOICES}
          values={{ format: output.format, bits: output.bits }}
        />
      ) : null}
      {estimate && space ? (
        <>
          <Row label={trans.__('Goes to')}>
            <span
              className="jp-TomoPath"
              title={folderWords(estimate.output, trans)}
            >
              <bdi>{relativePath(estimate.output, session.base)}</bdi>
            </span>
          </Row>
          <Row label={trans.__('Size')}>
            <span className={space.full ? 'jp-TomoAlert' : 'jp-TomoValue'}>
              {space.text}
            </span>
          </Row>
        </>
      ) : null}
    </Section>
  );
}
