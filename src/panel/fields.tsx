/**
 * Controls of the panel: they keep a draft and commit it once.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { useDraft } from '../draft';
import { unfold } from '../kept';
import { formatNumber } from '../quantities';
import { usePanel } from './context';

export interface IRowProps {
  label: string;
  /** Said on hovering the label. */
  title?: string;
  children: React.ReactNode;
}

/** A label and what it stands for. */
export function Row({ label, title, children }: IRowProps): JSX.Element {
  return (
    <div className="jp-TomoRow" role="group" aria-label={label}>
      <span className="jp-TomoRow-label" title={title ?? label}>
        {label}
      </span>
      <div className="jp-TomoRow-content">{children}</div>
    </div>
  );
}

export interface INumberFieldProps {
  label: string;
  value: number | null;
  /** Enter and leaving the field commit; undefined when it was emptied, if that is allowed. */
  onCommit: (value: number | undefined) => void;
  min?: number;
  max?: number;
  integer?: boolean;
  /** Emptying the field means something. */
  optional?: boolean;
  placeholder?: string;
  /** Decimals that are shown; all when not given. */
  digits?: number;
  /** What an arrow key adds, and what it adds with shift. */
  steps?: readonly [number, number];
  /** From where arrow keys go while the field is empty. */
  start?: number | null;
  className?: string;
  disabled?: boolean;
  /** Said on hovering, in place of the label. */
  title?: string;
}

/** What a text stands for within bounds: a number, nothing, or why not. */
export function readNumber(
  text: string,
  {
    min,
    max,
    integer,
    optional
  }: Pick<INumberFieldProps, 'min' | 'max' | 'integer' | 'optional'>
):
  | { value: number | undefined }
  | { reason: 'empty' | 'number' | 'integer' | 'min' | 'max' } {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') {
    return optional ? { value: undefined } : { reason: 'empty' };
  }
  const value = Number(trimmed);
  if (!Number.isFinite(value)) {
    return { reason: 'number' };
  }
  if (integer && !Number.isInteger(value)) {
    return { reason: 'integer' };
  }
  if (min !== undefined && value < min) {
    return { reason: 'min' };
  }
  return max !== undefined && value > max ? { reason: 'max' } : { value };
}

/** Why a text is not taken, and what would be. */
function refusalText(
  reason: 'empty' | 'number' | 'integer' | 'min' | 'max',
  { min, max }: INumberFieldProps,
  trans: TranslationBundle
): string {
  if (reason === 'empty') {
    return trans.__('A number is needed here.');
  }
  if (reason === 'number') {
    return trans.__('This is not a number.');
  }
  if (reason === 'integer') {
    return trans.__('A whole number is needed here.');
  }
  if (min === Number.MIN_VALUE) {
    return trans.__('More than 0.');
  }
  if (min !== undefined && max !== undefined) {
    return trans.__('From %1 to %2.', min, max);
  }
  return reason === 'min'
    ? trans.__('Not below %1.', min)
    : trans.__('Not above %1.', max);
}

/** The first field of the panel that holds what cannot be taken tells so; false: there is none. */
export function tellRefused(within: Element): boolean {
  const field = within
    .closest('.jp-TomoPanel')
    ?.querySelector<HTMLInputElement>('input.jp-TomoField:invalid');
  const tell = (): void => {
    field?.focus();
    field?.reportValidity();
  };
  if (field && unfold(field)) {
    // It is drawn in this frame.
    requestAnimationFrame(() => requestAnimationFrame(tell));
  } else {
    tell();
  }
  return !!field;
}

export function NumberField(props: INumberFieldProps): JSX.Element {
  const { trans } = usePanel();
  const {
    label,
    value,
    onCommit,
    steps,
    start = null,
    placeholder,
    className,
    disabled
  } = props;
  const shown =
    value === null
      ? ''
      : props.digits === undefined
        ? String(value)
        : formatNumber(value, props.digits);
  const { text, refusal, drop, field, input } = useDraft({
    text: shown,
    refuse: typed => {
      const read = readNumber(typed, props);
      return 'reason' in read ? refusalText(read.reason, props, trans) : '';
    },
    onCommit: typed => {
      const read = readNumber(typed, props);
      if ('value' in read && read.value !== (value ?? undefined)) {
        onCommit(read.value);
      }
    }
  });
  /** One small or large step up (1) or down (-1). */
  const move = (direction: 1 | -1, large: boolean): void => {
    const read = readNumber(text, props);
    const from =
      'value' in read && read.value !== undefined
        ? read.value
        : (value ?? start);
    if (!steps || from === null) {
      return;
    }
    const step = direction * (large ? steps[1] : steps[0]);
    const next = Number((from + step).toFixed(6));
    if ('value' in readNumber(String(next), props)) {
      drop();
      onCommit(next);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>): void => {
    if (
      steps &&
      (value ?? start) !== null &&
      (event.key === 'ArrowUp' || event.key === 'ArrowDown')
    ) {
      event.preventDefault();
      move(event.key === 'ArrowUp' ? 1 : -1, event.shiftKey);
    } else {
      input.onKeyDown(event);
    }
  };
  // React's own wheel events cannot keep the panel from scrolling.
  React.useEffect(() => {
    const node = field.current;
    const turn = (event: WheelEvent): void => {
      // Shift turns the wheel sideways on some systems.
      const delta = event.deltaY || event.deltaX;
      if (steps && delta !== 0 && document.activeElement === node) {
        event.preventDefault();
        move(delta < 0 ? 1 : -1, event.shiftKey);
      }
    };
    node?.addEventListener('wheel', turn, { passive: false });
    return () => node?.removeEventListener('wheel', turn);
  });
  return (
    <input
      {...input}
      className={`jp-TomoField ${steps ? 'jp-mod-steps' : ''} ${className ?? ''}`}
      aria-label={label}
      title={refusal || (props.title ?? label)}
      inputMode="decimal"
      spellCheck={false}
      placeholder={placeholder}
      disabled={disabled}
      onKeyDown={onKeyDown}
    />
  );
}

export interface ITextFieldProps {
  label: string;
  value: string;
  onCommit: (value: string) => void;
  placeholder?: string;
  /** Why a text is not taken, and what would be; empty when it is. */
  refuse?: (text: string) => string;
}

export function TextField(props: ITextFieldProps): JSX.Element {
  const { label, value, onCommit, placeholder, refuse = () => '' } = props;
  const { text, refusal, input } = useDraft({ text: value, refuse, onCommit });
  return (
    <input
      {...input}
      className="jp-TomoField jp-mod-wide"
      aria-label={label}
      title={refusal || text}
      spellCheck={false}
      placeholder={placeholder}
    />
  );
}

export interface IChoiceFieldProps {
  label: string;
  value: string;
  options: readonly {
    value: string;
    label: string;
    disabled?: boolean;
    title?: string;
  }[];
  onCommit: (value: string) => void;
  className?: string;
}

export function ChoiceField({
  label,
  value,
  options,
  onCommit,
  className
}: IChoiceFieldProps): JSX.Element {
  return (
    <select
      className={`jp-TomoField jp-mod-choice ${className ?? ''}`}
      aria-label={label}
      title={label}
      value={value}
      onChange={event => onCommit(event.target.value)}
    >
      {options.map(option => (
        <option
          key={option.value}
          value={option.value}
          disabled={option.disabled}
          title={option.title}
        >
          {option.label}
        </option>
      ))}
    </select>
  );
}

export interface IActionProps {
  label: string;
  title?: string;
  primary?: boolean;
  disabled?: boolean;
  onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
  children?: React.ReactNode;
}

/** A button; `children` are shown in place of the label when given. */
export function Action({
  label,
  title,
  primary,
  disabled,
  onClick,
  children
}: IActionProps): JSX.Element {
  return (
    <button
      type="button"
      className={`jp-TomoAction${primary ? ' jp-mod-primary' : ''}`}
      aria-label={label}
      title={title ?? label}
      disabled={disabled}
      onClick={onClick}
    >
      {children ?? label}
    </button>
  );
}

/** A button that looks like a link. */
export function LinkAction(props: IActionProps): JSX.Element {
  const { label, title, disabled, onClick } = props;
  return (
    <button
      type="button"
      className="jp-TomoLink"
      title={title ?? label}
      disabled={disabled}
      onClick={onClick}
    >
      {label}
    </button>
  );
}
