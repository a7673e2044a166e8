/**
 * A recipe as a notebook cell.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';

/** The path that code in a notebook uses for a recipe; both are contents paths. */
export function pathFromNotebook(recipe: string, notebook: string): string {
  const local = (path: string): string => path.slice(path.indexOf(':') + 1);
  return PathExt.relative(
    PathExt.dirname(local(notebook)) || '.',
    local(recipe)
  );
}

/** Code that loads and runs a recipe. */
export function cellSource(path: string): string {
  return [
    'import jupyterlab_tomo as tomo',
    `recipe = tomo.Recipe.load(${JSON.stringify(path)})`,
    'recipe.run()'
  ].join('\n');
}

/** Put the code into a new cell below the active one, and show it. */
export function insertCell(panel: NotebookPanel, recipe: string): void {
  const { content } = panel;
  NotebookActions.insertBelow(content);
  const cell = content.activeCell;
  if (cell) {
    cell.model.sharedModel.setSource(
      cellSource(pathFromNotebook(recipe, panel.context.path))
    );
    void content.scrollToCell(cell);
  }
}
