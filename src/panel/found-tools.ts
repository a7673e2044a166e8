/**
 * The tools of the chosen kernel, for parts of the panel.
 */
import React from 'react';

import type { Tool } from '../api';
import type { Fetched } from '../tokens';
import { usePanel } from './context';

/** The tools as they are known now; asks for them when a part that needs them is shown. */
export function useFoundTools(): Fetched<readonly Tool[]> {
  const { tools } = usePanel();
  const [found, setFound] = React.useState(tools.found);
  React.useEffect(() => {
    const follow = (): void => {
      setFound(tools.found);
      tools.want();
    };
    follow();
    tools.changed.connect(follow);
    return () => {
      tools.changed.disconnect(follow);
    };
  }, [tools]);
  return found;
}
