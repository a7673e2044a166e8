/**
 * Warnings, and failures with what to do.
 */
import React from 'react';

import type { Failure } from '../api';
import { LinkAction } from './fields';

export function FailureMessage(props: {
  failure: Failure;
  retry?: { label: string; onClick: () => void };
}): JSX.Element {
  const { failure, retry } = props;
  return (
    <div className="jp-TomoMessage jp-mod-error" role="alert">
      <span className="jp-TomoMessage-what">{failure.message}</span>
      {failure.where && !failure.message.includes(failure.where) ? (
        <code className="jp-TomoMessage-where" title={failure.where}>
          {failure.where}
        </code>
      ) : null}
      {failure.hint ? <span>{failure.hint}</span> : null}
      {retry ? <LinkAction {...retry} /> : null}
    </div>
  );
}

export function Warnings({
  texts
}: {
  texts: readonly string[];
}): JSX.Element | null {
  return texts.length ? (
    <ul className="jp-TomoWarnings">
      {texts.map(text => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  ) : null;
}
