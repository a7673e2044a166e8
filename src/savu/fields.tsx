/**
 * Fields that keep a draft and commit it once: with Enter or on leaving; Escape gives it up.
 */
import React from 'react';

interface IDraftOptions {
  /** What stands there when nothing is typed. */
  readonly text: string;
  /** Why a text is not taken; null when it is. */
  readonly refuse: (text: string) => string | null;
  readonly onCommit: (text: string) => void;
}

interface IDraft {
  readonly problem: string | null;
  readonly input: Pick<
    React.InputHTMLAttributes<HTMLInputElement>,
    'value' | 'onChange' | 'onBlur' | 'onKeyDown' | 'aria-invalid'
  >;
}

export function useDraft({ text, refuse, onCommit }: IDraftOptions): IDraft {
  const [draft, setDraft] = React.useState<string | null>(null);
  const problem = draft === null ? null : refuse(draft);
  const commit = (): void => {
    if (draft !== null && problem === null && draft !== text) {
      onCommit(draft);
    }
    setDraft(null);
  };
  return {
    problem,
    input: {
      value: draft ?? text,
      'aria-invalid': problem !== null,
      onChange: event => setDraft(event.target.value),
      onBlur: commit,
      onKeyDown: event => {
        if (event.key === 'Enter' && problem === null) {
          commit();
        } else if (event.key === 'Escape' && draft !== null) {
          event.stopPropagation();
          setDraft(null);
        }
      }
    }
  };
}

export interface IWholeFieldProps {
  label: string;
  value: number;
  disabled: boolean;
  onCommit: (value: number) => void;
}

/** A whole number above zero. */
export function WholeField(props: IWholeFieldProps): JSX.Element {
  const { label, value, disabled, onCommit } = props;
  const { input } = useDraft({
    text: String(value),
    refuse: text => (/^[1-9]\d{0,5}$/.test(text.trim()) ? null : label),
    onCommit: text => onCommit(Number(text))
  });
  return (
    <input
      {...input}
      className="jp-TomoField jp-mod-short"
      aria-label={label}
      title={label}
      inputMode="numeric"
      disabled={disabled}
    />
  );
}
