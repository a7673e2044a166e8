/**
 * What can be done with a job, in the order in which it is offered.
 */
import type { Job, Resource } from '../../api';
import { isActive } from '../../job-words';
import { CommandIDs } from '../../tokens';
import type { IPanelContext } from '../context';

export interface IJobAction {
  readonly id:
    | 'cancel'
    | 'resume'
    | 'open'
    | 'fetch'
    | 'stop'
    | 'again'
    | 'recipe'
    | 'script'
    | 'remove';
  readonly label: string;
  readonly title: string;
  readonly run: () => void;
}

/** Those that go beside the name of a job; the others are among its details. */
export const PROMPT: ReadonlySet<IJobAction['id']> = new Set([
  'cancel',
  'resume',
  'open',
  'stop'
]);

export function jobActions(
  job: Job,
  resource: Resource | undefined,
  context: Pick<IPanelContext, 'model' | 'commands' | 'trans' | 'fail'>
): IJobAction[] {
  const { model, commands, trans, fail } = context;
  const { jobs } = model;
  const remote = resource
    ? resource.kind === 'slurm-ssh'
    : job.slurm !== undefined;
  const active = isActive(job);
  const finished = job.state === 'finished';
  const written = job.output !== '' && (finished || job.slices.done > 0);
  const fetching = job.transfer?.kind === 'fetch';
  const tell = (work: Promise<unknown>): void => {
    work.catch(fail);
  };
  const actions: (IJobAction | null)[] = [
    active && job.state !== 'cancelling'
      ? {
          id: 'cancel',
          label: trans.__('cancel'),
          title: trans.__('Stop after the slices at hand; they are kept'),
          run: () => tell(jobs.cancel(job.id))
        }
      : null,
    !active && job.resumable
      ? {
          id: 'resume',
          label: trans.__('resume'),
          title: trans.__('Go on and compute only what is missing'),
          run: () => tell(jobs.resume(job.id))
        }
      : null,
    fetching
      ? {
          id: 'stop',
          label: trans.__('stop fetching'),
          title: trans.__('What is here stays, and is not copied again'),
          run: () => tell(jobs.stopFetching(job.id))
        }
      : null,
    written
      ? {
          id: 'open',
          label: trans.__('open'),
          title: finished
            ? trans.__('Open the slices')
            : trans.__('Look at the finished slices'),
          run: () =>
            tell(commands.execute(CommandIDs.openResult, openArgs(job, remote)))
        }
      : null,
    remote && written && !fetching
      ? {
          id: 'fetch',
          label: trans.__('fetch result'),
          title: job.fetched
            ? trans.__('A copy is in %1', job.fetched)
            : trans.__('Copy the slices to this server'),
          run: () =>
            tell(commands.execute(CommandIDs.fetchResult, { id: job.id }))
        }
      : null,
    active
      ? null
      : {
          id: 'again',
          label: trans.__('run again'),
          title: trans.__('Submit the same recipe once more'),
          run: () => tell(jobs.runAgain(job.id))
        },
    {
      id: 'recipe',
      label: trans.__('use this recipe'),
      title: trans.__('Open the recipe that the job was run with'),
      run: () => tell(commands.execute(CommandIDs.useRecipe, { id: job.id }))
    },
    {
      id: 'script',
      label: remote ? trans.__('batch script') : trans.__('command line'),
      title: trans.__('Show what was run'),
      run: () => tell(commands.execute(CommandIDs.showScript, { id: job.id }))
    },
    active
      ? null
      : {
          id: 'remove',
          label: trans.__('remove'),
          title: trans.__('Take the job off the list; its result stays'),
          run: () => tell(jobs.forget(job.id))
        }
  ];
  return actions.filter((each): each is IJobAction => each !== null);
}

/** A copy that was fetched is looked at here; else the volume stays where it is. */
function openArgs(
  job: Job,
  remote: boolean
): { folder: string; name: string; resource?: string } {
  const { fetched, name, output, resource } = job;
  if (fetched !== undefined && !job.transfer) {
    return { folder: fetched, name };
  }
  return remote ? { folder: output, name, resource } : { folder: output, name };
}
