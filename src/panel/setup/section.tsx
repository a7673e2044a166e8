/**
 * Section: the clusters, and what each needs to be one.
 */
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import React from 'react';

import { usePanel } from '../context';
import { Section } from '../section';
import { ClusterRow } from './cluster-row';
import { ClusterEditor } from './editor';

interface IEditing {
  readonly cluster: ReadonlyPartialJSONObject;
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
  return (
    <Section id="setup" title={trans.__('Setup')} note={note}>
      {list.length || editing ? null : (
        <p className="jp-TomoHint">
          {trans.__(
            'Runs go to a kernel of this server. Add a Slurm cluster to run there, too: log in by SSH, submit, follow, and look at the slices from here.'
          )}
        </p>
      )}
      {list.length ? (
        <ul className="jp-TomoClusters">
          {list.map(cluster =>
            editing?.replaces === cluster.name ? (
              <li className="jp-TomoCluster" key={cluster.name}>
                <ClusterEditor {...editing} onEnd={() => setEditing(null)} />
              </li>
            ) : (
              <ClusterRow
                key={cluster.name}
                cluster={cluster}
                onEdit={() =>
                  setEditing({ cluster, replaces: cluster.name, help: '' })
                }
              />
            )
          )}
        </ul>
      ) : null}
      {editing && editing.replaces === null ? (
        <ClusterEditor {...editing} onEnd={() => setEditing(null)} />
      ) : null}
      {editing || !clusters.schema ? null : (
        <select
          className="jp-TomoAdd"
          aria-label={trans.__('Add a cluster')}
          value=""
          onChange={event => {
            const preset = clusters.presets[Number(event.target.value)];
            if (preset) {
              setEditing({
                cluster: {
                  ...preset.cluster,
                  name: clusters.freeName(preset.cluster.name)
                },
                replaces: null,
                help: preset.help
              });
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
