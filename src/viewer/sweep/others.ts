/**
 * Parameters of a tool of another package: the Python that has it says them.
 */
import type { IParameterSchema, Recipe } from '../../recipe';
import type { ITomoApi } from '../../tokens';

export type Schema = Readonly<Record<string, IParameterSchema>>;

/**
 * The schema of a recipe's method; undefined where nobody knows it: then
 * the rest can be tried out all the same.
 */
export async function othersSchema(
  api: Pick<ITomoApi, 'tools'>,
  { dataset, reconstruction }: Recipe,
  purpose: string,
  kernel: string | undefined
): Promise<Schema | undefined> {
  const resource = dataset?.resource;
  // Where previews are made, too.
  const where = resource
    ? { resource }
    : kernel === undefined
      ? {}
      : { kernel };
  try {
    const { tools } = await api.tools({ purpose, ...where });
    const methods =
      tools.find(({ name }) => name === reconstruction?.tool)?.methods ?? [];
    const asked = reconstruction?.method ?? methods[0]?.name;
    return methods.find(({ name }) => name === asked)?.schema;
  } catch {
    // The slices themselves say what is wrong with the tool.
    return undefined;
  }
}
