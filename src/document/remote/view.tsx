/**
 * The browser of a cluster's folders: places, path, and what is in it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { fileIcon, folderIcon, VDomRenderer } from '@jupyterlab/ui-components';
import React from 'react';

import { formatBytes, formatTime } from '../../quantities';
import type { Entry, FolderModel, IChosen } from './model';
import { isData } from './model';

/** Entries that PageUp and PageDown move by. */
const PAGE = 10;

export interface IFolderViewOptions {
  readonly model: FolderModel;
  readonly trans: TranslationBundle;
  /** A data file was chosen with Enter or a double click. */
  readonly accept: () => void;
}

/** The body of the dialog; its value is what would be opened. */
export class FolderView extends VDomRenderer {
  constructor(private readonly _options: IFolderViewOptions) {
    super();
    this.addClass('jp-TomoFolders');
    _options.model.changed.connect(this._changed);
  }

  getValue(): IChosen | null {
    return this._options.model.choice;
  }

  override dispose(): void {
    this._options.model.changed.disconnect(this._changed);
    super.dispose();
  }

  protected override render(): JSX.Element {
    return <Browser {...this._options} />;
  }

  private readonly _changed = (): void => this.update();
}

function Browser({ model, trans, accept }: IFolderViewOptions): JSX.Element {
  const { folder, failure, choice } = model;
  return (
    <>
      <div className="jp-TomoFolders-bar">
        <button
          type="button"
          className="jp-TomoFolders-up"
          title={trans.__('Parent folder (Backspace)')}
          aria-label={trans.__('Parent folder')}
          disabled={folder?.parent === null || folder === null}
          onClick={() => void model.up()}
        >
          ↑
        </button>
        <PathField model={model} trans={trans} />
      </div>
      <div className="jp-TomoFolders-places">
        {folder?.places.map(place => (
          <button
            key={place.path}
            type="button"
            title={place.path}
            aria-pressed={place.path === folder.path}
            onClick={() => void model.go(place.path)}
          >
            {place.title}
          </button>
        ))}
      </div>
      <EntryList model={model} trans={trans} accept={accept} />
      {failure ? (
        <div className="jp-TomoFolders-failure" role="alert">
          <span>{failure.message}</span>
          {failure.hint ? <span>{failure.hint}</span> : null}
        </div>
      ) : null}
      {folder?.truncated ? (
        <div className="jp-TomoFolders-note">
          {trans.__(
            'Only the first %1 are shown; name the others in the path.',
            folder.entries.length
          )}
        </div>
      ) : null}
      <div className="jp-TomoFolders-note" aria-live="polite">
        {choice ? trans.__('Opens %1', choice.path) : null}
      </div>
    </>
  );
}

function PathField({
  model,
  trans
}: Omit<IFolderViewOptions, 'accept'>): JSX.Element {
  const path = model.folder?.path ?? '';
  const [text, setText] = React.useState(path);
  React.useEffect(() => setText(path), [path]);
  return (
    <input
      className="jp-mod-styled jp-TomoFolders-path"
      type="text"
      spellCheck={false}
      aria-label={trans.__('Path on the cluster')}
      placeholder={trans.__('absolute path, or ~/…')}
      value={text}
      onChange={event => {
        setText(event.target.value);
        model.write(event.target.value);
      }}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          void model.go(text.trim());
        }
      }}
    />
  );
}

function EntryList({ model, trans, accept }: IFolderViewOptions): JSX.Element {
  const { folder, selected, busy } = model;
  const list = React.useRef<HTMLDivElement>(null);
  const path = folder?.path;
  React.useEffect(() => {
    // A new folder is read from its list on.
    if (path !== undefined) {
      list.current?.focus();
    }
  }, [path]);
  React.useEffect(() => {
    const row = list.current?.querySelector('[aria-selected="true"]');
    row?.scrollIntoView({ block: 'nearest' });
  }, [selected, path]);
  const open = (index: number): void => {
    model.select(index);
    const entry = folder?.entries[index];
    if (!model.enter(index) && entry && isData(entry)) {
      accept();
    }
  };
  const entries = folder?.entries ?? [];
  return (
    <div
      ref={list}
      className="jp-TomoFolders-list"
      role="listbox"
      tabIndex={0}
      aria-label={trans.__('Folders and files')}
      aria-busy={busy}
      aria-activedescendant={selected >= 0 ? rowId(selected) : undefined}
      onKeyDown={event => {
        if (act(event, model, open)) {
          event.preventDefault();
          event.stopPropagation();
        }
      }}
    >
      {busy ? (
        <div className="jp-TomoFolders-busy" role="status">
          {trans.__('Reading the folder…')}
        </div>
      ) : null}
      {folder && entries.length === 0 && !busy ? (
        <div className="jp-TomoFolders-empty">
          {trans.__('This folder is empty.')}
        </div>
      ) : null}
      {entries.map((entry, index) => (
        <Row
          key={entry.name}
          entry={entry}
          index={index}
          selected={index === selected}
          onSelect={() => model.select(index)}
          onOpen={() => open(index)}
        />
      ))}
    </div>
  );
}

interface IRowProps {
  readonly entry: Entry;
  readonly index: number;
  readonly selected: boolean;
  readonly onSelect: () => void;
  readonly onOpen: () => void;
}

function Row(props: IRowProps): JSX.Element {
  const { entry, index, selected, onSelect, onOpen } = props;
  const Icon = entry.directory ? folderIcon : fileIcon;
  return (
    <div
      id={rowId(index)}
      className={`jp-TomoFolders-row${isData(entry) ? '' : ' jp-mod-other'}`}
      role="option"
      aria-selected={selected}
      title={entry.name}
      onClick={onSelect}
      onDoubleClick={onOpen}
    >
      <Icon.react tag="span" elementSize="normal" stylesheet="listing" />
      <span className="jp-TomoFolders-name">{entry.name}</span>
      <span className="jp-TomoFolders-size">
        {entry.directory ? '' : formatBytes(entry.size)}
      </span>
      <span className="jp-TomoFolders-time">{formatTime(entry.modified)}</span>
    </div>
  );
}

/** Keys of the list; false for those that it leaves alone. */
function act(
  event: React.KeyboardEvent,
  model: FolderModel,
  open: (index: number) => void
): boolean {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  const { selected } = model;
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: selected + 1,
    ArrowUp: Math.max(0, selected - 1),
    PageDown: Math.max(0, selected) + PAGE,
    PageUp: Math.max(0, selected - PAGE),
    Home: 0,
    End: Infinity
  };
  if (key in moves) {
    model.select(moves[key]);
  } else if (key === 'Enter' || key === 'ArrowRight') {
    open(selected);
  } else if (key === 'Backspace' || key === 'ArrowLeft') {
    void model.up();
  } else if (key.length === 1 && key !== ' ') {
    model.type(key);
  } else {
    return false;
  }
  return true;
}

function rowId(index: number): string {
  return `jp-tomo-folders-row-${index}`;
}
