/**
 * Controls that only the settings of a cluster need: texts, lines of shell,
 * and two lists of pairs.
 */
import type {
  FieldProps,
  RegistryFieldsType,
  RegistryWidgetsType,
  WidgetProps
} from '@rjsf/utils';
import { closeIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { usePanel } from '../context';
import { LinkAction } from '../fields';

/** A list of texts, one a line. */
function Lines(props: WidgetProps): JSX.Element {
  const { id, label, placeholder, onChange } = props;
  const value: unknown = props.value;
  const lines = Array.isArray(value) ? value.map(String) : [];
  const [text, setText] = React.useState(lines.join('\n'));
  return (
    <textarea
      id={id}
      className="jp-TomoField jp-TomoLines"
      aria-label={label}
      spellCheck={false}
      rows={Math.max(2, Math.min(6, text.split('\n').length))}
      placeholder={placeholder}
      value={text}
      onChange={event => {
        setText(event.target.value);
        onChange(linesOf(event.target.value));
      }}
    />
  );
}

/** Lines without the empty ones at the end. */
export function linesOf(text: string): string[] {
  const trimmed = text.replace(/\s+$/, '');
  return trimmed === '' ? [] : trimmed.split(/\r?\n/);
}

type Pair = readonly [string, string];

/** Rows of two texts. A row that is half empty is kept in the form only. */
function Pairs(props: {
  id: string;
  label: string;
  titles: Pair;
  pairs: readonly Pair[];
  /** The first of each pair is a short name. */
  names?: boolean;
  onChange: (pairs: readonly Pair[]) => void;
}): JSX.Element {
  const { trans } = usePanel();
  const { id, label, titles, onChange } = props;
  const [pairs, setPairs] = React.useState(props.pairs);
  const set = (after: readonly Pair[]): void => {
    setPairs(after);
    onChange(after.filter(([left, right]) => left.trim() && right.trim()));
  };
  const put = (index: number, side: 0 | 1, text: string): void =>
    set(
      pairs.map(([left, right], i): Pair =>
        i !== index ? [left, right] : side === 0 ? [text, right] : [left, text]
      )
    );
  return (
    <div
      className={`jp-TomoPairs${props.names ? ' jp-mod-names' : ''}`}
      role="group"
      aria-label={label}
      id={id}
    >
      {pairs.map((pair, index) => (
        <div className="jp-TomoPairs-row" key={index}>
          {([0, 1] as const).map(side => (
            <input
              key={side}
              className="jp-TomoField jp-mod-wide"
              aria-label={`${label} ${index + 1}: ${titles[side]}`}
              placeholder={titles[side]}
              spellCheck={false}
              value={pair[side]}
              title={pair[side]}
              onChange={event => put(index, side, event.target.value)}
            />
          ))}
          <button
            type="button"
            className="jp-TomoIconButton jp-mod-small"
            aria-label={trans.__('Remove line %1', index + 1)}
            title={trans.__('Remove')}
            onClick={() => set(pairs.filter((_, i) => i !== index))}
          >
            <closeIcon.react tag="span" elementPosition="center" width="12px" />
          </button>
        </div>
      ))}
      <LinkAction
        label={trans.__('+ add a line')}
        onClick={() => setPairs([...pairs, ['', '']])}
      />
    </div>
  );
}

/** An object of texts: a name, and what it stands for. */
function Names(props: FieldProps): JSX.Element {
  const { trans } = usePanel();
  const { idSchema, schema, name } = props;
  const data: unknown = props.formData;
  const pairs =
    typeof data === 'object' && data !== null
      ? Object.entries(data).map(([key, value]): Pair => [key, String(value)])
      : [];
  return (
    <Pairs
      id={idSchema.$id}
      label={schema.title ?? name}
      titles={[trans.__('tool'), trans.__('command or path')]}
      pairs={pairs}
      names
      onChange={after => {
        props.onChange(Object.fromEntries(after));
      }}
    />
  );
}

/** A list of folders here and there. */
function Mapping(props: FieldProps): JSX.Element {
  const { trans } = usePanel();
  const { idSchema, schema, name } = props;
  const data: unknown = props.formData;
  const text = (each: unknown, key: string): string => {
    const value: unknown =
      typeof each === 'object' && each !== null ? Reflect.get(each, key) : '';
    return typeof value === 'string' ? value : '';
  };
  return (
    <Pairs
      id={idSchema.$id}
      label={schema.title ?? name}
      titles={[trans.__('folder here'), trans.__('on the cluster')]}
      pairs={
        Array.isArray(data)
          ? data.map((each): Pair => [
              text(each, 'local'),
              text(each, 'remote')
            ])
          : []
      }
      onChange={after => {
        props.onChange(after.map(([local, remote]) => ({ local, remote })));
      }}
    />
  );
}

export const SETUP_WIDGETS: RegistryWidgetsType = {
  tomoLines: Lines
};

export const ListedFields: RegistryFieldsType = {
  tomoNames: Names,
  tomoMapping: Mapping
};
