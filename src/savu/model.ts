/**
 * An open process list: what its document says, and what is chosen in it.
 */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomModel } from '@jupyterlab/ui-components';

import type { SavuList, SavuLoop, SavuPlugin } from '../api';
import { endUndoStep } from '../undo';
import type { ICatalogue, IPlugin } from './catalogue';
import type { Catalogues } from './catalogues';
import { check } from './checks';
import type { IFinding } from './checks';
import { ListTextError, parseList, printList } from './list-text';
import * as operations from './operations';
import type { Values } from './operations';

export class SavuListModel extends VDomModel {
  constructor(
    private readonly _context: DocumentRegistry.IContext<DocumentRegistry.ICodeModel>,
    /** Where the plugins are looked up. */
    readonly catalogues: Catalogues,
    private readonly _trans: TranslationBundle
  ) {
    super();
    catalogues.changed.connect(this._onCatalogue, this);
    catalogues.use();
    _context.model.contentChanged.connect(this._read, this);
    _context.model.stateChanged.connect(this._onState, this);
    this._read();
  }

  override dispose(): void {
    this.catalogues.changed.disconnect(this._onCatalogue, this);
    super.dispose();
  }

  /** What can be added, and by what is checked. */
  get catalogue(): ICatalogue {
    return this.catalogues.catalogue;
  }

  get list(): SavuList {
    return this._list;
  }

  /** Why the document cannot be read; empty when it can. */
  get problem(): string {
    return this._problem;
  }

  get findings(): readonly IFinding[] {
    return this._findings;
  }

  /** The file cannot be written. */
  get readOnly(): boolean {
    return this._context.model.readOnly;
  }

  /** Index of the chosen plugin; -1 when there is none. */
  get selected(): number {
    return this._selected;
  }
  set selected(index: number) {
    this._selected = index;
    this._adding = false;
    this.stateChanged.emit();
  }

  /** The catalogue is shown, to add from. */
  get adding(): boolean {
    return this._adding;
  }
  set adding(adding: boolean) {
    this._adding = adding;
    this.stateChanged.emit();
  }

  get plugin(): SavuPlugin | undefined {
    return this._list.plugins[this._selected];
  }

  get known(): IPlugin | undefined {
    return this.plugin && this.catalogue.find(this.plugin.id);
  }

  get values(): Values {
    return this.plugin ? operations.valuesOf(this.plugin) : {};
  }

  /** Set a parameter of the chosen plugin; undefined removes it. */
  set(name: string, value: unknown): void {
    if (this.plugin) {
      this._write(
        operations.setParameter(this._list, this._selected, name, value)
      );
    }
  }

  complete(): void {
    if (this.known) {
      this._write(operations.complete(this._list, this._selected, this.known));
    }
  }

  setActive(index: number, active: boolean): void {
    this._write(operations.setActive(this._list, index, active));
  }

  /** Add a plugin after the chosen one, loaders after the loaders, and choose it. */
  add(plugin: IPlugin): void {
    const { plugins } = this._list;
    const loaders = plugins.filter(
      ({ id }) => this.catalogue.find(id)?.kind === 'loader'
    ).length;
    const at =
      plugin.kind === 'loader'
        ? loaders
        : this._selected < 0
          ? plugins.length
          : Math.max(this._selected + 1, loaders);
    this._selected = at;
    this._adding = false;
    this._write(
      operations.insert(this._list, at, operations.newPlugin(plugin))
    );
  }

  remove(index: number): void {
    if (index < this._selected) {
      this._selected--;
    }
    this._write(operations.remove(this._list, index));
  }

  /** Move a plugin, and choose it. */
  move(from: number, to: number): void {
    if (to >= 0 && to < this._list.plugins.length) {
      this._selected = to;
      this._adding = false;
      this._write(operations.move(this._list, from, to));
    }
  }

  setLoops(loops: readonly SavuLoop[]): void {
    this._write(operations.setLoops(this._list, loops));
  }

  undo(): void {
    this._context.model.sharedModel.undo();
  }

  redo(): void {
    this._context.model.sharedModel.redo();
  }

  get canUndo(): boolean {
    return this._context.model.sharedModel.canUndo();
  }

  get canRedo(): boolean {
    return this._context.model.sharedModel.canRedo();
  }

  /** Replace what differs in the text, as one step to undo. */
  private _write(list: SavuList): void {
    if (this.readOnly || list === this._list) {
      return;
    }
    const shared = this._context.model.sharedModel;
    const before = shared.getSource();
    const after = printList(list);
    if (before === after) {
      this.stateChanged.emit();
      return;
    }
    const start = commonStart(before, after);
    const end = commonEnd(before.slice(start), after.slice(start));
    endUndoStep(shared);
    shared.transact(() => {
      shared.updateSource(
        start,
        before.length - end,
        after.slice(start, after.length - end)
      );
    });
  }

  private readonly _onState = (): void => this.stateChanged.emit();

  private readonly _onCatalogue = (): void => {
    this._findings = check(this._list, this._trans, this.catalogue);
    this.stateChanged.emit();
  };

  private readonly _read = (): void => {
    const text = this._context.model.sharedModel.getSource();
    try {
      // Before it is loaded the document is empty.
      this._list =
        text === '' ? operations.EMPTY : parseList(text, this._trans);
      this._problem = '';
    } catch (error) {
      if (!(error instanceof ListTextError)) {
        throw error;
      }
      this._problem = error.message;
    }
    this._findings = check(this._list, this._trans, this.catalogue);
    const last = this._list.plugins.length - 1;
    this._selected = Math.min(Math.max(this._selected, 0), last);
    this.stateChanged.emit();
  };

  private _list: SavuList = operations.EMPTY;
  private _problem = '';
  private _findings: readonly IFinding[] = [];
  private _selected = -1;
  private _adding = false;
}

function commonStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) {
    at++;
  }
  return at;
}

function commonEnd(a: string, b: string): number {
  let count = 0;
  while (
    count < a.length &&
    count < b.length &&
    a[a.length - 1 - count] === b[b.length - 1 - count]
  ) {
    count++;
  }
  return count;
}
