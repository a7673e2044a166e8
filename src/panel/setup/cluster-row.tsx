/**
 * A cluster of the settings: whether it is online, and what can be done.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import React from 'react';

import type { Failure, Preflight } from '../../api';
import { failureOf, isAbort } from '../../api';
import { failureSentence } from '../../field-names';
import type { ICluster } from '../../tokens';
import { CommandIDs } from '../../tokens';
import { Badge } from '../badge';
import { usePanel } from '../context';
import { LinkAction } from '../fields';
import { FailureMessage } from '../messages';
import { PreflightList } from './preflight';

type Tested =
  | { state: 'none' }
  | { state: 'busy' }
  | { state: 'ready'; preflight: Preflight }
  | { state: 'failed'; failure: Failure };

export function ClusterRow({
  cluster,
  onEdit
}: {
  cluster: ICluster;
  onEdit: () => void;
}): JSX.Element {
  const { model, clusters, commands, trans, fail } = usePanel();
  const resource = model.jobs.resources.find(
    each => each.name === cluster.name
  );
  const title = titleOf(cluster);
  const { tested, test, stop, close } = useTest(cluster.name);
  const run = (command: string): void => {
    commands.execute(command, { resource: cluster.name }).catch(fail);
  };
  const remove = async (): Promise<void> => {
    const { button } = await showDialog({
      title: trans.__('Remove %1?', title),
      body: trans.__(
        'The cluster leaves the settings. Jobs there go on, and are found again when it is set up once more.'
      ),
      buttons: [
        Dialog.cancelButton(),
        Dialog.warnButton({ label: trans.__('Remove') })
      ]
    });
    if (button.accept) {
      await clusters.remove(cluster.name);
    }
  };
  return (
    <li className="jp-TomoCluster" data-cluster={cluster.name}>
      <div className="jp-TomoCluster-head">
        <b className="jp-TomoCluster-title" title={title}>
          {title}
        </b>
        {resource ? (
          <Badge resource={resource} />
        ) : (
          <span className="jp-TomoNote">{trans.__('not known yet')}</span>
        )}
        <span className="jp-TomoCluster-host" title={cluster.host}>
          {userAt(resource?.cluster?.user, cluster.host)}
        </span>
      </div>
      <div className="jp-TomoCluster-actions">
        {resource && resource.state !== 'offline' ? (
          <LinkAction
            label={trans.__('log out')}
            title={trans.__('Forget the log-in; jobs go on')}
            onClick={() => run(CommandIDs.logOut)}
          />
        ) : (
          <LinkAction
            label={trans.__('log in')}
            disabled={!resource}
            onClick={() => run(CommandIDs.logIn)}
          />
        )}
        {tested.state === 'busy' ? (
          <LinkAction label={trans.__('stop testing')} onClick={stop} />
        ) : (
          <LinkAction
            label={trans.__('test')}
            title={trans.__('Look at everything that a run there needs')}
            disabled={!resource}
            onClick={test}
          />
        )}
        <LinkAction label={trans.__('edit')} onClick={onEdit} />
        <LinkAction
          label={trans.__('remove')}
          onClick={() => void remove().catch(fail)}
        />
      </div>
      {resource && resource.state !== 'online' && resource.reason ? (
        <p className="jp-TomoHint">{failureSentence(resource.reason, trans)}</p>
      ) : null}
      {tested.state === 'busy' ? (
        <p className="jp-TomoHint jp-mod-busy" role="status">
          {trans.__('Looking at %1…', title)}
        </p>
      ) : null}
      {tested.state === 'failed' ? (
        <FailureMessage failure={tested.failure} />
      ) : null}
      {tested.state === 'ready' ? (
        <>
          <PreflightList preflight={tested.preflight} />
          <LinkAction label={trans.__('close')} onClick={close} />
        </>
      ) : null}
    </li>
  );
}

export function titleOf(cluster: ICluster): string {
  const { title } = cluster;
  return typeof title === 'string' && title ? title : cluster.name;
}

function userAt(user: string | undefined, host: string): string {
  return user ? `${user}@${host}` : host;
}

function useTest(name: string): {
  tested: Tested;
  test: () => void;
  stop: () => void;
  close: () => void;
} {
  const { clusters } = usePanel();
  const [tested, setTested] = React.useState<Tested>({ state: 'none' });
  const abort = React.useRef<AbortController | null>(null);
  const stop = React.useCallback(() => {
    abort.current?.abort();
    setTested({ state: 'none' });
  }, []);
  React.useEffect(() => () => abort.current?.abort(), []);
  const ask = async (): Promise<void> => {
    abort.current?.abort();
    const controller = new AbortController();
    abort.current = controller;
    setTested({ state: 'busy' });
    try {
      const preflight = await clusters.test(name, controller.signal);
      if (!controller.signal.aborted) {
        setTested({ state: 'ready', preflight });
      }
    } catch (reason) {
      if (!isAbort(reason) && !controller.signal.aborted) {
        setTested({ state: 'failed', failure: failureOf(reason) });
      }
    }
  };
  return { tested, test: () => void ask(), stop, close: stop };
}
