/**
 * A field of the editor of process lists.
 */
import React from 'react';

import { useDraft } from '../draft';
import { useEditor } from './context';

/** Largest whole number that is taken. */
const MOST = 999_999;

export interface IWholeFieldProps {
  label: string;
  value: number;
  disabled: boolean;
  onCommit: (value: number) => void;
}

/** A whole number above zero. */
export function WholeField(props: IWholeFieldProps): JSX.Element {
  const { label, value, disabled, onCommit } = props;
  const { trans } = useEditor();
  const { input, refusal } = useDraft({
    text: String(value),
    refuse: text => {
      const number = /^\d+$/.test(text.trim()) ? Number(text) : 0;
      return number >= 1 && number <= MOST
        ? ''
        : trans.__('A whole number from 1 to %1 is needed here.', MOST);
    },
    onCommit: text => onCommit(Number(text))
  });
  return (
    <input
      {...input}
      className="jp-TomoField jp-mod-short"
      aria-label={label}
      title={refusal || label}
      inputMode="numeric"
      disabled={disabled}
    />
  );
}
