/**
 * Section: where to run, what the run may take, and the buttons that start it.
 */
import React from 'react';

import type { Failure, Resource } from '../../api';
import type { IRecipeSession, IRunChoice } from '../../tokens';
import { CommandIDs } from '../../tokens';
import { Badge } from '../badge';
import { usePanel } from '../context';
import { estimateText, sliceCount } from '../describe';
import {
  Action,
  ChoiceField,
  LinkAction,
  NumberField,
  Row,
  tellRefused
} from '../fields';
import { FailureMessage, Warnings } from '../messages';
import { Section } from '../section';

const GIB = 1024 ** 3;

/** One choice a kernel of each resource; a resource without kernels is one itself. */
export function placesOf(resources: readonly Resource[]): {
  value: string;
  label: string;
  disabled: boolean;
  title: string | undefined;
}[] {
  return resources.flatMap(resource => {
    const offline = resource.state === 'offline';
    if (resource.kernels.length === 0) {
      return [
        {
          value: placeOf(resource.name, ''),
          label: resource.title,
          // A cluster asks for a log-in when something is submitted.
          disabled: offline && resource.kind !== 'slurm-ssh',
          title: resource.reason?.message
        }
      ];
    }
    return resource.kernels.map(kernel => ({
      value: placeOf(resource.name, kernel.name),
      label: `${resource.title}: ${kernel.title}`,
      disabled: offline || kernel.usable === 'no',
      title: kernel.reason?.message ?? kernel.python
    }));
  });
}

/** The choice as one value; "" stands for the first kernel of its resource. */
export function chosenPlace(
  choice: IRunChoice,
  resources: readonly Resource[]
): string {
  const resource = resources.find(each => each.name === choice.resource);
  const kernel =
    resource?.kernels.find(each => each.name === choice.kernel) ??
    resource?.kernels[0];
  return placeOf(choice.resource, kernel?.name ?? choice.kernel);
}

function placeOf(resource: string, kernel: string): string {
  return `${resource}\n${kernel}`;
}

export function RunSection({
  session
}: {
  session: IRecipeSession;
}): JSX.Element {
  const { model, trans } = usePanel();
  const { jobs } = model;
  const { choice, resources } = jobs;
  const resource = resources.find(each => each.name === choice.resource);
  const place = chosenPlace(choice, resources);
  const kernel = resource?.kernels.find(
    each => placeOf(resource.name, each.name) === place
  );
  const cluster = resource?.kind === 'slurm-ssh';
  const gone = resources.length > 0 && !resource;
  const refused = gone
    ? {
        code: 'no-resource',
        message: trans.__(
          '%1 is not in the settings any more.',
          choice.resource
        ),
        where: '',
        hint: trans.__('Choose where to run.')
      }
    : kernel?.usable === 'no'
      ? kernel.reason
      : resource?.state === 'offline' && !cluster
        ? resource.reason
        : undefined;
  return (
    <Section id="run" title={trans.__('Run')} note={resource?.title}>
      <Row label={trans.__('Where')}>
        {resources.length ? (
          <ChoiceField
            label={trans.__('Where to run')}
            className="jp-mod-grow"
            value={place}
            options={[
              ...placesOf(resources),
              ...(gone
                ? [
                    {
                      value: place,
                      label: trans.__(
                        '%1 (not in the settings)',
                        choice.resource
                      ),
                      disabled: true
                    }
                  ]
                : [])
            ]}
            onCommit={value => {
              const [name, spec] = value.split('\n');
              jobs.setChoice({ resource: name, kernel: spec });
            }}
          />
        ) : (
          <span className="jp-TomoNote">
            {jobs.failure
              ? trans.__('not reachable')
              : trans.__('asking the server…')}
          </span>
        )}
        {resource ? <Reach resource={resource} refused={refused} /> : null}
      </Row>
      <LimitRows cluster={cluster} />
      {refused ? <FailureMessage failure={refused} /> : null}
      <EstimateRow cluster={cluster} />
      <RunButtons
        session={session}
        refused={Boolean(refused)}
        cluster={cluster}
      />
    </Section>
  );
}

/** Whether the chosen resource can be used: a cluster says it in words, and offers the log-in. */
function Reach({
  resource,
  refused
}: {
  resource: Resource;
  refused: Failure | undefined;
}): JSX.Element {
  const { commands, trans, fail } = usePanel();
  if (resource.kind === 'slurm-ssh') {
    return (
      <>
        <Badge resource={resource} />
        {resource.state === 'offline' ? (
          <LinkAction
            label={trans.__('log in')}
            onClick={() => {
              commands
                .execute(CommandIDs.logIn, { resource: resource.name })
                .catch(fail);
            }}
          />
        ) : null}
      </>
    );
  }
  const state = refused ? 'offline' : resource.state;
  const text =
    state === 'online'
      ? trans.__('ready')
      : state === 'offline'
        ? trans.__('not usable')
        : trans.__('connecting');
  return (
    <span
      className="jp-TomoDot"
      data-state={state}
      role="img"
      aria-label={text}
      title={text}
    />
  );
}

function LimitRows({ cluster }: { cluster: boolean }): JSX.Element {
  const { model, trans } = usePanel();
  const { jobs } = model;
  const { limits } = jobs;
  return (
    <>
      <Row
        label={cluster ? trans.__('A task') : trans.__('Limits')}
        title={
          cluster
            ? trans.__('Cores and memory that each task of the run asks for')
            : trans.__('Cores and memory that the run may take')
        }
      >
        <NumberField
          label={trans.__('Cores')}
          className="jp-mod-short"
          value={limits.cores}
          integer
          min={1}
          max={1024}
          steps={[1, 4]}
          onCommit={cores => jobs.setLimits({ cores: cores ?? 1 })}
        />
        <span className="jp-TomoNote">{trans.__('cores')}</span>
        <NumberField
          label={trans.__('Memory in GiB')}
          className="jp-mod-short"
          value={Number((limits.memory / GIB).toFixed(2))}
          min={0.25}
          max={65536}
          steps={[1, 8]}
          onCommit={memory =>
            jobs.setLimits({ memory: Math.round((memory ?? 1) * GIB) })
          }
        />
        <span className="jp-TomoNote">{trans.__('GiB')}</span>
      </Row>
      {limits.time !== undefined && limits.tasks !== undefined ? (
        <Row
          label={trans.__('At most')}
          title={trans.__(
            'Wall time after which Slurm ends a task, and how many tasks run at once'
          )}
        >
          <NumberField
            label={trans.__('Time limit in minutes')}
            className="jp-mod-short"
            value={limits.time}
            integer
            min={1}
            max={100000}
            steps={[5, 60]}
            onCommit={time => jobs.setLimits({ time: time ?? 120 })}
          />
          <span className="jp-TomoNote">{trans.__('min')}</span>
          <NumberField
            label={trans.__('Tasks at once')}
            className="jp-mod-short"
            value={limits.tasks}
            integer
            min={1}
            max={2000}
            steps={[1, 8]}
            onCommit={tasks => jobs.setLimits({ tasks: tasks ?? 1 })}
          />
          <span className="jp-TomoNote">{trans.__('tasks at once')}</span>
        </Row>
      ) : null}
    </>
  );
}

function EstimateRow({ cluster }: { cluster: boolean }): JSX.Element | null {
  const { model, trans } = usePanel();
  const { estimate } = model;
  if (estimate.state === 'failed') {
    return <FailureMessage failure={estimate.failure} />;
  }
  return estimate.state === 'ready' ? (
    <>
      <Row label={trans.__('Takes')} title={estimate.value.basis}>
        <span className="jp-TomoValue" title={estimate.value.basis}>
          {estimateText(estimate.value, trans, cluster)}
        </span>
      </Row>
      <Warnings texts={estimate.value.warnings ?? []} />
    </>
  ) : null;
}

function RunButtons({
  session,
  refused,
  cluster
}: {
  session: IRecipeSession;
  refused: boolean;
  cluster: boolean;
}): JSX.Element {
  const { commands, trans, fail } = usePanel();
  const description =
    session.description.state === 'ready' ? session.description.value : null;
  const count = description ? sliceCount(session.recipe, description) : null;
  const angles = description?.angles.source !== 'unknown';
  const blocked =
    !description ||
    !angles ||
    session.problems.length > 0 ||
    refused ||
    count === 0;
  const run =
    (command: string) =>
    (event: React.MouseEvent): void => {
      // It would run without what stands there.
      if (!tellRefused(event.currentTarget)) {
        commands.execute(command).catch(fail);
      }
    };
  return (
    <div className="jp-TomoButtons">
      <Action
        primary
        label={
          count === null
            ? trans.__('Reconstruct')
            : trans._n('Reconstruct %1 slice', 'Reconstruct %1 slices', count)
        }
        title={
          session.problems[0] ??
          (angles
            ? trans.__('Run the recipe on the whole region')
            : trans.__('State the angles first'))
        }
        disabled={blocked}
        onClick={run(CommandIDs.reconstruct)}
      />
      <Action
        label={trans.__('This slice')}
        title={trans.__('Reconstruct the row that the viewer shows')}
        disabled={!description}
        onClick={run(CommandIDs.reconstructSlice)}
      />
      <Action
        label={trans.__('Insert as cell')}
        title={trans.__(
          'Write the recipe as code below the active cell of the notebook'
        )}
        disabled={
          !commands.hasCommand(CommandIDs.insertCell) ||
          !commands.isEnabled(CommandIDs.insertCell)
        }
        onClick={run(CommandIDs.insertCell)}
      />
      {cluster ? (
        <Action
          label={trans.__('Show what will run')}
          title={trans.__(
            'Tasks, uploads, command line and batch script; nothing is submitted'
          )}
          disabled={blocked}
          onClick={run(CommandIDs.showPlan)}
        />
      ) : null}
    </div>
  );
}
