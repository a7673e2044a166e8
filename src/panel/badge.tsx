/**
 * Whether a resource can be reached: a dot, a word, and why not on hovering.
 */
import React from 'react';

import type { Resource } from '../api';
import { connectionSentence, connectionWord } from '../job-words';
import { usePanel } from './context';

export function Badge({ resource }: { resource: Resource }): JSX.Element {
  const { trans } = usePanel();
  return (
    <span
      className="jp-TomoBadge"
      data-state={resource.state}
      title={connectionSentence(resource, trans)}
    >
      <span className="jp-TomoDot" data-state={resource.state} />
      {connectionWord(resource.state, trans)}
    </span>
  );
}
