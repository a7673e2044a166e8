/**
 * Section: the clusters, and what each needs to be one.
 */
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';
import React from 'react';

import { usePanel } from '../context';
import { Section } from '../section';
import { withDefaults } from './cluster-form';
import { ClusterRow } from './cluster-row';
import { ClusterEditor } from './editor';

/** A cluster being set up. It is kept here, where it outlives the folding of the section. */
interface IEditing {
  readonly draft: ReadonlyJSONObject;
  /** Name of the cluster that is edited; null for a new one. */
  readonly replaces: string | null;
  readonly help: string;
}

export function SetupSection(): JSX.Element {
  const { model, clusters, trans } = usePanel();
  const [editing, setEditing] = React.useState<IEditing | null>(null);
  const list = clusters.clusters;
  const online = model.jobs.resources.filter(
    each => each.kind === 'slurm-ssh' && each.state === 'online'
  ).length;
  const note = list.length
    ? trans.__('%1 of %2 online', online, list.length)
    : trans.__('no clusters');
  const edit = (
    cluster: ReadonlyPartialJSONObject,
    replaces: string | null,
    help = ''
  ): void =>
    setEditing({
      draft: withDefaults(clusters.schema ?? {}, cluster),
      replaces,
      help
    });
  // One that was removed meanwhile, as in the settings, becomes a new one.
  const at = list.findIndex(each => each.name === editing?.replaces);
  const editor = editing ? (
    <li className="jp-TomoCluster" key=" editor">
      <ClusterEditor
        {...editing}
        replaces={at < 0 ? null : editing.replaces}
        onChange={draft => setEditing({ ...editing, draft })}
        onEnd={() => setEditing(null)}
      />
    </li>
  ) : null;
  return (
    <Section id="setup" title={trans.__('Setup')} note={note}>
      {list.length || editing ? null : (
        <p className="jp-TomoHint">
          {trans.__(
            'Runs go to a kernel of this server. Add a Slurm cluster to run there, too: log in by SSH, submit, follow, and look at the slices from here.'
          )}
        </p>
      )}
      {list.length || editing ? (
        <ul className="jp-TomoClusters">
          {list.map((cluster, index) =>
            index === at ? (
              editor
            ) : (
              <ClusterRow
                key={cluster.name}
                cluster={cluster}
                onEdit={() => edit(cluster, cluster.name)}
              />
            )
          )}
          {at < 0 ? editor : null}
        </ul>
      ) : null}
      {editing || !clusters.schema ? null : (
        <select
          className="jp-TomoAdd"
          aria-label={trans.__('Add a cluster')}
          value=""
          onChange={event => {
            const preset = clusters.presets[Number(event.target.value)];
            if (preset) {
              const name = clusters.freeName(preset.cluster.name);
              edit({ ...preset.cluster, name }, null, preset.help);
            }
          }}
        >
          <option value="" disabled hidden>
            {trans.__('+ add a cluster')}
          </option>
          {clusters.presets.map((preset, index) => (
            <option key={preset.title} value={String(index)}>
              {preset.title}
            </option>
          ))}
        </select>
      )}
    </Section>
  );
}
