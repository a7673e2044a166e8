/**
 * The editor of a process list.
 */
import { VDomRenderer } from '@jupyterlab/ui-components';
import React from 'react';

import { redoIcon, undoIcon } from '../icons';
import { CatalogueChoice } from './catalogue-choice';
import { Chooser } from './chooser';
import type { IEditorContext } from './context';
import { EditorContext, useEditor } from './context';
import { Findings } from './findings';
import type { SavuListModel } from './model';
import { PluginDetails } from './parameters';
import { PluginList } from './plugin-list';

export class SavuEditor extends VDomRenderer<SavuListModel> {
  constructor(private readonly _editor: IEditorContext) {
    super(_editor.model);
    this.addClass('jp-TomoSavu');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _editor.trans.__('Savu process list'));
  }

  protected override render(): JSX.Element {
    return (
      <EditorContext.Provider value={this._editor}>
        <Content />
      </EditorContext.Provider>
    );
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    super.dispose();
    this._editor.model.dispose();
  }
}

function Content(): JSX.Element {
  const { model } = useEditor();
  return (
    <>
      <Header />
      {model.problem ? (
        <p className="jp-TomoSavu-problem" role="alert">
          {model.problem}
        </p>
      ) : null}
      <div className="jp-TomoSavu-body">
        <PluginList />
        <div className="jp-TomoSavu-main">
          {model.adding ? <Chooser /> : null}
          <PluginDetails />
        </div>
      </div>
    </>
  );
}

function Header(): JSX.Element {
  const { model, trans } = useEditor();
  const [open, setOpen] = React.useState(false);
  const { list, findings } = model;
  const count = (severity: string): number =>
    findings.filter(finding => finding.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  const facts = [
    trans._n('%1 plugin', '%1 plugins', list.plugins.length),
    list.version ? trans.__('Savu %1', list.version) : trans.__('an old Savu'),
    ...(model.readOnly ? [trans.__('read-only')] : [])
  ];
  return (
    <>
      <div className="jp-TomoSavu-header">
        {model.readOnly ? null : (
          <>
            <HistoryButton
              icon={undoIcon}
              label={trans.__('Undo')}
              enabled={model.canUndo}
              run={() => model.undo()}
            />
            <HistoryButton
              icon={redoIcon}
              label={trans.__('Redo')}
              enabled={model.canRedo}
              run={() => model.redo()}
            />
          </>
        )}
        <span className="jp-TomoSavu-facts">{facts.join(' · ')}</span>
        <CatalogueChoice />
        <button
          type="button"
          className={`jp-TomoSavu-verdict jp-mod-${errors ? 'error' : warnings ? 'warning' : 'good'}`}
          aria-expanded={open}
          disabled={findings.length === 0}
          onClick={() => setOpen(!open)}
        >
          {errors
            ? trans._n('%1 error', '%1 errors', errors)
            : warnings
              ? trans._n('%1 warning', '%1 warnings', warnings)
              : findings.length
                ? trans._n('%1 note', '%1 notes', findings.length)
                : trans.__('Nothing to complain of')}
        </button>
      </div>
      {open ? (
        <Findings
          findings={findings}
          onChoose={index => {
            model.selected = index;
          }}
        />
      ) : null}
    </>
  );
}

function HistoryButton({
  icon,
  label,
  enabled,
  run
}: {
  icon: typeof undoIcon;
  label: string;
  enabled: boolean;
  run: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-TomoSavu-icon"
      title={label}
      aria-label={label}
      disabled={!enabled}
      onClick={run}
    >
      <icon.react tag="span" elementPosition="center" />
    </button>
  );
}
