/**
 * Section: the data set as the runner sees it.
 */
import React from 'react';

import type { Description } from '../../api';
import { CommandIDs } from '../../tokens';
import type { IRecipeSession } from '../../tokens';
import { usePanel } from '../context';
import { sizeText } from '../describe';
import { formatIndices, parseIndices } from '../edits';
import {
  ChoiceField,
  LinkAction,
  NumberField,
  Row,
  TextField
} from '../fields';
import { FailureMessage, Warnings } from '../messages';
import { Section } from '../section';
import { AnglesRow } from './angles';
import { Groups } from './groups';

export function DataSection({
  session
}: {
  session: IRecipeSession;
}): JSX.Element {
  const { trans } = usePanel();
  const { description, recipe } = session;
  const ready = description.state === 'ready' ? description.value : null;
  const retry = {
    label: trans.__('Try again'),
    onClick: () => void session.describe()
  };
  return (
    <Section
      id="data"
      title={trans.__('Data')}
      note={ready ? sizeText(ready) : null}
    >
      {ready ? <Groups session={session} description={ready} /> : null}
      <Row
        label={trans.__('Path')}
        title={trans.__(
          'Folder of images or NXtomo file, relative to the recipe'
        )}
      >
        <TextField
          label={trans.__('Path of the data set')}
          value={recipe.dataset?.path ?? ''}
          placeholder={trans.__('folder or NXtomo file')}
          onCommit={path =>
            session.edit({
              path: ['dataset', 'path'],
              value: path.trim() || undefined
            })
          }
        />
      </Row>
      <WhereRow session={session} />
      {description.state === 'pending' ? (
        <div className="jp-TomoHint jp-mod-busy" role="status">
          {trans.__('Reading the data set…')}
        </div>
      ) : null}
      {description.state === 'failed' ? (
        <FailureMessage failure={description.failure} retry={retry} />
      ) : null}
      {ready ? <DescribedRows session={session} description={ready} /> : null}
    </Section>
  );
}

/** Which machine sees the path, and the way to data on another one. */
function WhereRow({
  session
}: {
  session: IRecipeSession;
}): JSX.Element | null {
  const { trans, model, commands, fail } = usePanel();
  const clusters = model.jobs.resources.filter(
    each => each.kind === 'slurm-ssh'
  );
  const resource = session.recipe.dataset?.resource;
  if (clusters.length === 0 && resource === undefined) {
    return null;
  }
  const titleOf = (name: string): string =>
    clusters.find(each => each.name === name)?.title ?? name;
  return (
    <Row
      label={trans.__('Where')}
      title={trans.__('The machine that sees the path')}
    >
      <ChoiceField
        label={trans.__('Machine that sees the data')}
        value={resource ?? ''}
        options={[
          { value: '', label: trans.__('this server') },
          ...clusters.map(({ name, title }) => ({ value: name, label: title })),
          ...(resource !== undefined &&
          !clusters.some(each => each.name === resource)
            ? [{ value: resource, label: resource }]
            : [])
        ]}
        onCommit={value =>
          session.edit({
            path: ['dataset', 'resource'],
            value: value || undefined
          })
        }
      />
      {(resource === undefined ? clusters : [{ name: resource }]).map(
        ({ name }) => (
          <LinkAction
            key={name}
            label={trans.__('Open on %1…', titleOf(name))}
            title={trans.__('Choose data that lie on this cluster')}
            onClick={() => {
              commands
                .execute(CommandIDs.openRemoteData, {
                  resource: name,
                  replace: true
                })
                .catch(fail);
            }}
          />
        )
      )}
    </Row>
  );
}

function DescribedRows({
  session,
  description
}: {
  session: IRecipeSession;
  description: Description;
}): JSX.Element {
  const { trans } = usePanel();
  const dataset = session.recipe.dataset;
  const pixel = dataset?.pixelSize ?? description.pixelSize;
  const exclude = dataset?.exclude ?? [];
  return (
    <>
      <AnglesRow session={session} description={description} />
      <Row
        label={trans.__('Pixel')}
        title={trans.__('Size of a detector pixel at the sample')}
      >
        <NumberField
          label={trans.__('Pixel size')}
          value={pixel?.value ?? null}
          placeholder="–"
          optional
          min={Number.MIN_VALUE}
          onCommit={value =>
            session.edit({
              path: ['dataset', 'pixelSize'],
              value:
                value === undefined
                  ? undefined
                  : { value, unit: unitOf(pixel?.unit) }
            })
          }
        />
        <ChoiceField
          label={trans.__('Unit of the pixel size')}
          value={unitOf(pixel?.unit)}
          options={[
            { value: 'um', label: trans.__('µm') },
            { value: 'mm', label: trans.__('mm') },
            { value: 'cm', label: trans.__('cm') }
          ]}
          onCommit={unit => {
            if (pixel) {
              session.edit({
                path: ['dataset', 'pixelSize'],
                value: { value: pixel.value, unit }
              });
            }
          }}
        />
        <span className="jp-TomoNote">
          {!pixel
            ? trans.__('unknown: values per pixel')
            : dataset?.pixelSize
              ? trans.__('stated')
              : trans.__('from the file')}
        </span>
      </Row>
      <Row
        label={trans.__('Input')}
        title={trans.__('What the pixels are, and how the images are turned')}
      >
        <ChoiceField
          label={trans.__('State of the input')}
          value={dataset?.state ?? 'raw'}
          options={[
            { value: 'raw', label: trans.__('raw counts') },
            { value: 'transmission', label: trans.__('transmission') },
            { value: 'attenuation', label: trans.__('attenuation') }
          ]}
          onCommit={state =>
            session.edit({
              path: ['dataset', 'state'],
              value: state === 'raw' ? undefined : state
            })
          }
        />
        <ChoiceField
          label={trans.__('Rotate projections clockwise')}
          value={String(dataset?.rotate ?? 0)}
          options={[0, 90, 180, 270].map(angle => ({
            value: String(angle),
            label: `↻ ${angle}°`
          }))}
          onCommit={angle =>
            session.edit({
              path: ['dataset', 'rotate'],
              value: angle === '0' ? undefined : Number(angle)
            })
          }
        />
        <label
          className="jp-TomoCheck"
          title={trans.__('Flip left and right, after rotating')}
        >
          <input
            type="checkbox"
            checked={dataset?.flip ?? false}
            onChange={event =>
              session.edit({
                path: ['dataset', 'flip'],
                value: event.target.checked ? true : undefined
              })
            }
          />
          {trans.__('flip')}
        </label>
      </Row>
      <Row
        label={trans.__('Leave out')}
        title={trans.__('Projections to leave out, counted from 0: 17, 30-32')}
      >
        <TextField
          label={trans.__('Excluded projections')}
          value={formatIndices(exclude)}
          placeholder={trans.__('none; for example 17, 30-32')}
          refuse={text => {
            const indices = parseIndices(text);
            if (indices === null) {
              return trans.__(
                'Numbers of projections are needed here, and ranges of them: 17, 30-32.'
              );
            }
            const last = description.frames - 1;
            const beyond = indices.find(index => index > last);
            return beyond === undefined
              ? ''
              : trans.__(
                  'There is no projection %1: they are counted from 0 to %2.',
                  beyond,
                  last
                );
          }}
          onCommit={text => {
            const indices = parseIndices(text) ?? [];
            session.edit({
              path: ['dataset', 'exclude'],
              value: indices.length ? indices : undefined
            });
          }}
        />
      </Row>
      <Warnings texts={description.warnings} />
    </>
  );
}

function unitOf(unit: string | undefined): string {
  return unit === 'mm' || unit === 'cm' ? unit : 'um';
}
