/**
 * A result as a notebook cell.
 */
import { NotebookActions } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';

/** Code that opens a result folder and shows one slice. */
export function resultSource(folder: string, row: number): string {
  return [
    'import jupyterlab_tomo as tomo',
    `result = tomo.open_result(${JSON.stringify(folder)})`,
    `result.slice(${row})`
  ].join('\n');
}

/** Put the code into a new cell below the active one, and show it. */
export function insertResult(
  panel: NotebookPanel,
  folder: string,
  row: number
): void {
  const { content } = panel;
  NotebookActions.insertBelow(content);
  const cell = content.activeCell;
  if (cell) {
    cell.model.sharedModel.setSource(resultSource(folder, row));
    void content.scrollToCell(cell);
  }
}
