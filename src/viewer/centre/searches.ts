/**
 * The searches in one document: one for each image that its recipe had, as
 * points of one say nothing about another.
 */
import type { Description } from '../../api';
import type { Recipe } from '../../recipe';
import { CentreSearch } from './search';

export class CentreSearches {
  /** What was found so far in a data set as the recipe turns it. */
  of(
    base: string,
    dataset: Recipe['dataset'],
    { rows, columns }: Description
  ): CentreSearch {
    const { path, resource, rotate = 0, flip = false } = dataset ?? {};
    const key = JSON.stringify([
      base,
      path,
      resource,
      rotate,
      flip,
      rows,
      columns
    ]);
    const search = this._searches.get(key) ?? new CentreSearch();
    this._searches.set(key, search);
    return search;
  }

  private readonly _searches = new Map<string, CentreSearch>();
}
