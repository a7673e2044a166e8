/**
 * The rows, their order and selection, by mouse and keyboard.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { usePanel } from '../context';
import { JobProgress } from '../job-list/progress';
import type { Column, IRow } from './rows';
import { COLUMNS } from './rows';
import type { ISelection } from './selection';
import { clicked, pressed } from './selection';

export interface IOrder {
  readonly column: Column;
  readonly descending: boolean;
}

export interface IGridProps {
  rows: readonly IRow[];
  order: IOrder;
  onOrder: (order: IOrder) => void;
  selection: ISelection;
  onSelection: (selection: ISelection) => void;
  /** The keyboard is on a row now; what is selected stays. */
  onFocus: (key: string) => void;
  /** Enter, or a double click. */
  onOpen: (row: IRow) => void;
}

export function columnName(column: Column, trans: TranslationBundle): string {
  switch (column) {
    case 'name':
      return trans.__('Name');
    case 'state':
      return trans.__('State');
    case 'progress':
      return trans.__('Progress');
    case 'place':
      return trans.__('Running on');
    case 'id':
      return trans.__('ID');
    case 'detail':
      return trans.__('Queue, node, reason');
    case 'elapsed':
      return trans.__('Time');
    case 'cores':
      return trans.__('Cores');
    case 'memory':
      return trans.__('Memory used');
    case 'exit':
      return trans.__('Exit');
    case 'created':
      return trans.__('Submitted');
    case 'command':
      return trans.__('Command line');
  }
}

export function JobGrid(props: IGridProps): JSX.Element {
  const { rows, order, onOrder, selection, onSelection, onFocus, onOpen } =
    props;
  const { trans } = usePanel();
  const keys = rows.map(row => row.key);
  const body = React.useRef<HTMLTableSectionElement>(null);
  const focused = selection.focus ?? keys[0];
  const focusRow = (key: string | null): void => {
    const row = [...(body.current?.rows ?? [])].find(
      each => each.dataset['key'] === key
    );
    row?.focus();
  };
  return (
    <table
      className="jp-TomoGrid"
      role="grid"
      aria-multiselectable="true"
      aria-label={trans.__('Jobs')}
      aria-rowcount={rows.length}
    >
      <thead>
        <tr>
          {COLUMNS.map(column => {
            const sorts = order.column === column;
            return (
              <th
                key={column}
                data-column={column}
                scope="col"
                aria-sort={
                  sorts
                    ? order.descending
                      ? 'descending'
                      : 'ascending'
                    : 'none'
                }
              >
                <button
                  type="button"
                  onClick={() =>
                    onOrder({
                      column,
                      descending: sorts
                        ? !order.descending
                        : column === 'created'
                    })
                  }
                >
                  {columnName(column, trans)}
                  <span aria-hidden="true">
                    {sorts ? (order.descending ? ' ▾' : ' ▴') : ''}
                  </span>
                </button>
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody
        ref={body}
        onKeyDown={event => {
          const after = pressed(selection, keys, event.key, {
            shift: event.shiftKey,
            toggle: event.ctrlKey || event.metaKey
          });
          const row = rows.find(each => each.key === selection.focus);
          if (after) {
            event.preventDefault();
            event.stopPropagation();
            onSelection(after);
            focusRow(after.focus);
          } else if (event.key === 'Enter' && row) {
            event.preventDefault();
            onOpen(row);
          }
        }}
      >
        {rows.map(row => (
          <tr
            key={row.key}
            data-key={row.key}
            data-state={row.state}
            aria-selected={selection.keys.has(row.key)}
            tabIndex={row.key === focused ? 0 : -1}
            onClick={event =>
              onSelection(
                clicked(selection, keys, row.key, {
                  shift: event.shiftKey,
                  toggle: event.ctrlKey || event.metaKey
                })
              )
            }
            onFocus={() => onFocus(row.key)}
            onDoubleClick={() => onOpen(row)}
          >
            {COLUMNS.map(column => (
              <td
                key={column}
                role="gridcell"
                data-column={column}
                title={row.cells[column].text}
              >
                {column === 'progress' && row.job ? (
                  <JobProgress job={row.job} />
                ) : null}
                {row.cells[column].text}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
