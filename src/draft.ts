/**
 * A text that is typed into a field: it counts with Enter or on leaving.
 * One that is refused stays, marked, until it is mended or Escape drops it.
 */
import React from 'react';

import { useRefused } from './kept';

export interface IDraftOptions {
  /** What stands there when nothing is typed. */
  readonly text: string;
  /** Why a text is not taken, and what would be; empty when it is. */
  readonly refuse: (text: string) => string;
  readonly onCommit: (text: string) => void;
  /** The refusal is said beside the field, so no bubble says it. */
  readonly said?: boolean;
}

export interface IDraft {
  /** What stands there now. */
  readonly text: string;
  readonly refusal: string;
  /** Back to what holds. */
  readonly drop: () => void;
  readonly field: React.RefObject<HTMLInputElement>;
  readonly input: Pick<
    React.ComponentPropsWithRef<'input'>,
    'ref' | 'value' | 'onChange' | 'onBlur' | 'aria-invalid'
  > & {
    onKeyDown: (event: React.KeyboardEvent<HTMLInputElement>) => void;
  };
}

export function useDraft(options: IDraftOptions): IDraft {
  const { text, refuse, onCommit, said } = options;
  const [draft, setDraft] = React.useState<string | null>(null);
  const field = React.useRef<HTMLInputElement>(null);
  const refusal = draft === null ? '' : refuse(draft);
  React.useEffect(() => field.current?.setCustomValidity(refusal), [refusal]);
  useRefused(refusal ? 1 : 0);
  // What was left behind refused goes when what holds changes under it.
  React.useEffect(() => {
    if (document.activeElement !== field.current) {
      setDraft(null);
    }
  }, [text]);
  const drop = (): void => setDraft(null);
  const commit = (): void => {
    if (refusal) {
      return;
    }
    if (draft !== null && draft !== text) {
      onCommit(draft);
    }
    drop();
  };
  return {
    text: draft ?? text,
    refusal,
    drop,
    field,
    input: {
      ref: field,
      value: draft ?? text,
      'aria-invalid': refusal !== '',
      onChange: event => setDraft(event.target.value),
      onBlur: commit,
      onKeyDown: event => {
        if (event.key === 'Enter') {
          commit();
          if (!said) {
            event.currentTarget.reportValidity();
          }
        } else if (event.key === 'Escape' && draft !== null) {
          event.stopPropagation();
          drop();
        }
      }
    }
  };
}
