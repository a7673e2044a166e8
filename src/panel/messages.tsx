/**
 * Warnings, and failures with what to do.
 */
import React from 'react';

import type { Failure } from '../api';
import { usePanel } from './context';
import { fieldOf, inWords, sentenceOf, type IField } from '../field-names';
import { LinkAction } from './fields';

export function FailureMessage(props: {
  failure: Failure;
  retry?: { label: string; onClick: () => void };
}): JSX.Element {
  const { failure, retry } = props;
  const { model, trans } = usePanel();
  const alert = React.useRef<HTMLDivElement>(null);
  // Without a recipe there are no sections to go to.
  const field = model.session ? fieldOf(failure.where, trans) : null;
  const goTo = (to: IField): void => {
    const panel = alert.current?.closest('.jp-TomoPanel');
    if (!model.isOpen(to.section)) {
      model.toggle(to.section);
    }
    // The section is drawn in this frame.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => controlOf(panel, to)?.focus())
    );
  };
  return (
    <div className="jp-TomoMessage jp-mod-error" role="alert" ref={alert}>
      <span className="jp-TomoMessage-what">{sentenceOf(failure, trans)}</span>
      {field ? (
        <LinkAction
          label={field.name}
          title={trans.__('Go to this field (%1)', failure.where)}
          onClick={() => goTo(field)}
        />
      ) : failure.where && !failure.message.includes(failure.where) ? (
        <code className="jp-TomoMessage-where" title={failure.where}>
          {failure.where}
        </code>
      ) : null}
      {failure.hint ? <span>{inWords(failure.hint, trans)}</span> : null}
      {retry ? <LinkAction {...retry} /> : null}
    </div>
  );
}

/** Where a field is edited: its control, else the first of its row, else of its section. */
function controlOf(
  panel: Element | null | undefined,
  { section, row, control }: IField
): HTMLElement | null {
  const body = panel?.querySelector(`#jp-TomoPanel-${section}`);
  const line = [...(body?.querySelectorAll('.jp-TomoRow') ?? [])].find(
    each => each.getAttribute('aria-label') === row
  );
  return (
    controlsIn(body).find(
      each =>
        each.getAttribute('aria-label') === control && each.matches(':enabled')
    ) ??
    controlsIn(line).find(each => each.matches('input:enabled')) ??
    [...controlsIn(line), ...controlsIn(body)].find(each =>
      each.matches(':enabled')
    ) ??
    null
  );
}

function controlsIn(node: Element | null | undefined): HTMLElement[] {
  return [
    ...(node?.querySelectorAll<HTMLElement>(
      'input, select, textarea, button'
    ) ?? [])
  ];
}

export function Warnings({
  texts
}: {
  texts: readonly string[];
}): JSX.Element | null {
  const { trans } = usePanel();
  return texts.length ? (
    <ul className="jp-TomoWarnings">
      {texts.map(text => (
        <li key={text}>{inWords(text, trans)}</li>
      ))}
    </ul>
  ) : null;
}
