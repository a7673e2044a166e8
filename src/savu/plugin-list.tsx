/**
 * The plugins of a list, in the order in which they run.
 */
import {
  addIcon,
  caretDownIcon,
  caretUpIcon,
  closeIcon
} from '@jupyterlab/ui-components';
import React from 'react';

import type { SavuPlugin } from '../api';
import type { Severity } from './checks';
import { useEditor } from './context';
import { Repeats } from './repeats';

/** Kind of what is dragged: only rows of a list may be dropped on one. */
const DRAGGED = 'application/x-jupyterlab-tomo-savu';

export function PluginList(): JSX.Element {
  const { model, trans } = useEditor();
  const { plugins } = model.list;
  const id = React.useId();
  return (
    <div className="jp-TomoSavu-side">
      <ol
        className="jp-TomoSavu-list"
        role="listbox"
        tabIndex={0}
        aria-label={trans.__('Plugins in the order in which they run')}
        aria-activedescendant={
          model.plugin && !model.adding ? rowId(id, model.selected) : undefined
        }
        onKeyDown={event => onKey(event, model)}
      >
        {plugins.map((plugin, index) => (
          <Row
            key={index}
            id={rowId(id, index)}
            plugin={plugin}
            index={index}
          />
        ))}
        {plugins.length === 0 ? (
          <li className="jp-TomoSavu-none">
            {trans.__('No plugins yet. Start with a loader.')}
          </li>
        ) : null}
      </ol>
      <button
        type="button"
        className="jp-TomoAction jp-TomoSavu-add"
        disabled={model.readOnly}
        aria-pressed={model.adding}
        onClick={() => {
          model.adding = !model.adding;
        }}
      >
        <addIcon.react tag="span" elementPosition="center" />
        {trans.__('Add plugin')}
      </button>
      <Repeats />
    </div>
  );
}

function rowId(list: string, index: number): string {
  return `${list}-${index}`;
}

/** Arrows choose; with alt they move. */
function onKey(
  event: React.KeyboardEvent,
  model: ReturnType<typeof useEditor>['model']
): void {
  const { selected } = model;
  const last = model.list.plugins.length - 1;
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.target !== event.currentTarget || last < 0) {
    return;
  }
  if (step) {
    const to = Math.min(Math.max(selected + step, 0), last);
    if (event.altKey) {
      model.move(selected, to);
    } else {
      model.selected = to;
    }
  } else if (event.key === 'Delete' || event.key === 'Backspace') {
    model.remove(selected);
  } else if (event.key === ' ') {
    model.setActive(selected, !model.list.plugins[selected].active);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function Row({
  id,
  plugin,
  index
}: {
  id: string;
  plugin: SavuPlugin;
  index: number;
}): JSX.Element {
  const { model, trans } = useEditor();
  const [over, setOver] = React.useState(false);
  const known = model.catalogue.find(plugin.id);
  const chosen = model.selected === index && !model.adding;
  const row = React.useRef<HTMLLIElement>(null);
  React.useEffect(() => {
    if (chosen) {
      row.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [chosen]);
  const worst = worstOf(
    model.findings
      .filter(finding => finding.index === index)
      .map(({ severity }) => severity)
  );
  const classes = [
    'jp-TomoSavu-row',
    chosen ? 'jp-mod-selected' : '',
    plugin.active ? '' : 'jp-mod-off',
    over ? 'jp-mod-over' : ''
  ];
  return (
    <li
      id={id}
      ref={row}
      className={classes.join(' ')}
      role="option"
      aria-selected={chosen}
      draggable={!model.readOnly}
      onClick={() => {
        model.selected = index;
      }}
      onDragStart={event => {
        event.dataTransfer.setData(DRAGGED, String(index));
        event.dataTransfer.effectAllowed = 'move';
      }}
      onDragOver={event => {
        if (event.dataTransfer.types.includes(DRAGGED)) {
          event.preventDefault();
          setOver(true);
        }
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault();
        setOver(false);
        const from = event.dataTransfer.getData(DRAGGED);
        if (from !== '') {
          model.move(Number(from), index);
        }
      }}
    >
      <span className="jp-TomoSavu-number">{index + 1}</span>
      <input
        type="checkbox"
        checked={plugin.active}
        disabled={model.readOnly}
        aria-label={trans.__('%1 is on', plugin.name)}
        title={trans.__('On: Savu runs it')}
        onClick={event => event.stopPropagation()}
        onChange={event => model.setActive(index, event.target.checked)}
      />
      <span className="jp-TomoSavu-names">
        <span className="jp-TomoSavu-title">{known?.title ?? plugin.name}</span>
        <span className="jp-TomoSavu-class">{plugin.name}</span>
      </span>
      {worst && worst !== 'note' ? (
        <span
          className={`jp-TomoSavu-mark jp-mod-${worst}`}
          title={
            worst === 'error'
              ? trans.__('Savu would stop here or do something else')
              : trans.__('Look at this before running')
          }
        >
          !
        </span>
      ) : null}
      {model.readOnly ? null : <RowActions name={plugin.name} index={index} />}
    </li>
  );
}

function RowActions({
  name,
  index
}: {
  name: string;
  index: number;
}): JSX.Element {
  const { model, trans } = useEditor();
  const last = model.list.plugins.length - 1;
  const actions = [
    {
      icon: caretUpIcon,
      label: trans.__('Move %1 up', name),
      disabled: index === 0,
      run: () => model.move(index, index - 1)
    },
    {
      icon: caretDownIcon,
      label: trans.__('Move %1 down', name),
      disabled: index === last,
      run: () => model.move(index, index + 1)
    },
    {
      icon: closeIcon,
      label: trans.__('Remove %1', name),
      disabled: false,
      run: () => model.remove(index)
    }
  ];
  return (
    <span className="jp-TomoSavu-actions">
      {actions.map(({ icon, label, disabled, run }) => (
        <button
          key={label}
          type="button"
          title={label}
          aria-label={label}
          disabled={disabled}
          onClick={event => {
            event.stopPropagation();
            run();
          }}
        >
          <icon.react tag="span" elementPosition="center" />
        </button>
      ))}
    </span>
  );
}

function worstOf(severities: readonly Severity[]): Severity | undefined {
  return (['error', 'warning', 'note'] as const).find(severity =>
    severities.includes(severity)
  );
}
