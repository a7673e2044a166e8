/**
 * Where the copy of a remote result goes, and which slices.
 */
import { Dialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { FetchRequest, Job } from '../api';

/** The folder that is proposed: as on the cluster, beside the recipe of the job. */
export function proposedFolder(job: Job, beside: string): string {
  const name = PathExt.basename(job.output) || job.name;
  // PathExt.join takes the slash from the start of what it joins.
  return job.fetched ?? `${beside.replace(/\/+$/, '')}/processed/${name}`;
}

/** "10:20" or "10-19" as rows [10, 20); null for all; undefined when it is none. */
export function readRows(text: string): [number, number] | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') {
    return null;
  }
  const [, first, mark, last] =
    /^(\d+)\s*(?:(:|-|–|to)\s*(\d+))?$/.exec(trimmed) ?? [];
  if (first === undefined) {
    return undefined;
  }
  const from = Number(first);
  const past =
    last === undefined ? from + 1 : Number(last) + (mark === ':' ? 0 : 1);
  return past > from ? [from, past] : undefined;
}

class FetchForm extends ReactWidget {
  constructor(
    private readonly _folder: string,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-TomoLogin');
  }

  /** Null while an entry is none. */
  getValue(): FetchRequest | null {
    const folder = this._text('folder').trim();
    const rows = readRows(this._text('rows'));
    return folder && rows !== undefined
      ? { folder, ...(rows ? { rows } : {}) }
      : null;
  }

  protected override render(): JSX.Element {
    const trans = this._trans;
    return (
      <>
        <label className="jp-TomoLogin-field">
          <span>{trans.__('Folder here')}</span>
          <input
            name="folder"
            className="jp-mod-styled"
            spellCheck={false}
            required
            pattern="/.*"
            title={trans.__('An absolute path on this server')}
            defaultValue={this._folder}
          />
        </label>
        <label className="jp-TomoLogin-field">
          <span>{trans.__('Slices')}</span>
          <input
            name="rows"
            className="jp-mod-styled"
            spellCheck={false}
            pattern="\s*|\s*\d+\s*((:|-|–|to)\s*\d+\s*)?"
            title={trans.__('As 10-19, or empty for all')}
            placeholder={trans.__('all; or as 10-19')}
            onInput={event => {
              const { value } = event.currentTarget;
              event.currentTarget.setCustomValidity(
                readRows(value) === undefined
                  ? trans.__('As 10-19, the first before the last.')
                  : ''
              );
            }}
          />
        </label>
        <p className="jp-TomoLogin-hint">
          {trans.__(
            'A copy that was begun there goes on; the result on the cluster stays.'
          )}
        </p>
      </>
    );
  }

  private _text(name: string): string {
    return (
      this.node.querySelector<HTMLInputElement>(`input[name="${name}"]`)
        ?.value ?? ''
    );
  }
}

/** Ask where to; null when the user gives up. */
export async function askFetch(
  job: Job,
  folder: string,
  trans: TranslationBundle
): Promise<FetchRequest | null> {
  const dialog = new Dialog<FetchRequest | null>({
    title: trans.__('Fetch the result of %1', job.name),
    body: new FetchForm(folder, trans),
    focusNodeSelector: 'input[name="folder"]',
    buttons: [
      Dialog.cancelButton(),
      Dialog.okButton({ label: trans.__('Fetch') })
    ]
  });
  const { button, value } = await dialog.launch();
  return button.accept ? value : null;
}
