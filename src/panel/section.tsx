/**
 * A section of the panel that folds.
 */
import { caretDownIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { useKept } from '../kept';
import { usePanel } from './context';
import { RefusedNote } from './refused-note';

/** Made once: an icon that is rendered writes its style again. */
const CARET = (
  <caretDownIcon.react
    tag="span"
    className="jp-TomoSection-caret"
    elementPosition="center"
  />
);

export interface ISectionProps {
  /** Stable; its state is kept under it. */
  id: string;
  title: string;
  /** Said at the right of the title, also when the section is closed. */
  note?: React.ReactNode;
  children: React.ReactNode;
}

export function Section({
  id,
  title,
  note,
  children
}: ISectionProps): JSX.Element {
  const { model } = usePanel();
  const open = model.isOpen(id);
  const body = `jp-TomoPanel-${id}`;
  const { refused, keep } = useKept(open);
  return (
    <section
      className={`jp-TomoSection${open ? '' : ' jp-mod-closed'}`}
      aria-label={title}
    >
      <h3 className="jp-TomoSection-header">
        <button
          type="button"
          className="jp-TomoSection-toggle"
          aria-expanded={open}
          aria-controls={body}
          onClick={() => model.toggle(id)}
        >
          {CARET}
          <span className="jp-TomoSection-title">{title}</span>
        </button>
        {open ? null : <RefusedNote count={refused} />}
        {note ? <span className="jp-TomoSection-note">{note}</span> : null}
      </h3>
      {keep(() => (
        <div className="jp-TomoSection-body" id={body} hidden={!open}>
          {children}
        </div>
      ))}
    </section>
  );
}
