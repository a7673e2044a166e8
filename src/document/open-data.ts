/**
 * The recipe of a data set: the one that points to it already, or a new one beside it.
 */
import { PathExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api';
import type { IApiClient, IResolved } from '../api';
import { parseRecipe, RECIPE_EXTENSION, recipeText } from '../recipe';

/** Endings of files that hold a whole data set. */
export const DATA_EXTENSIONS = ['.nxs', '.h5', '.hdf5', '.hdf', '.nx5'];

/** What is needed of the contents manager. */
export type Files = Pick<
  Contents.IManager,
  'driveName' | 'localPath' | 'get' | 'save'
>;

/** A folder in which recipes may be, and what `dataset.path` is when seen from there. */
interface IPlace {
  readonly folder: string;
  readonly dataPath: string;
}

/**
 * Find or make the recipe of a data set.
 *
 * @param path - contents path of a folder of images or of a file.
 * @returns contents path of the recipe.
 * @throws ApiError when the path is refused, or no folder can be written.
 */
export async function recipeOf(
  contents: Files,
  api: IApiClient,
  path: string,
  trans: TranslationBundle
): Promise<string> {
  const data = await api.resolve(path);
  const places = placesOf(contents, path, data);
  const name = nameOf(contents.localPath(path));
  for (const place of places) {
    const existing = await pointingTo(contents, place, data.path, name);
    if (existing !== null) {
      return existing;
    }
  }
  for (const { folder, dataPath } of places) {
    const made = await save(
      contents,
      folder,
      name,
      recipeText({ dataset: { path: dataPath } })
    );
    if (made !== null) {
      return made;
    }
  }
  throw new ApiError({
    code: 'not-writable',
    message: trans.__(
      'The recipe cannot be written beside the data nor in the top folder.'
    ),
    where: path,
    hint: trans.__(
      'Make a recipe with File > New where you may write, and choose the data there.'
    )
  });
}

/**
 * Find or make the recipe of a data set on a cluster.
 *
 * @param folder - contents path in which recipes are looked for and made.
 * @param dataPath - absolute on the cluster; of a folder with its slash.
 * @returns contents path of the recipe.
 * @throws ApiError when the folder cannot be written.
 */
export async function recipeOfRemote(
  contents: Files,
  folder: string,
  resource: string,
  dataPath: string,
  trans: TranslationBundle
): Promise<string> {
  const name = nameOf(dataPath.replace(/\/+$/, ''));
  const place = { folder, dataPath };
  const existing = await pointingTo(contents, place, dataPath, name, resource);
  if (existing !== null) {
    return existing;
  }
  const text = recipeText({ dataset: { path: dataPath, resource } });
  const made = await save(contents, folder, name, text);
  if (made === null) {
    throw new ApiError({
      code: 'not-writable',
      message: trans.__('The recipe cannot be written into this folder.'),
      where: folder,
      hint: trans.__(
        'Go to a folder in the file browser where you may write, and try again.'
      )
    });
  }
  return made;
}

/** Beside the data; else, for data that nobody may write to, the top folder of the drive. */
function placesOf(contents: Files, path: string, data: IResolved): IPlace[] {
  const drive = contents.driveName(path);
  const local = contents.localPath(path);
  const prefix = drive ? `${drive}:` : '';
  const ending = data.directory ? '/' : '';
  const top: IPlace = { folder: prefix, dataPath: data.path + ending };
  if (local === '') {
    return [{ folder: prefix, dataPath: './' }];
  }
  const beside = PathExt.dirname(local);
  const place = {
    folder: prefix + beside,
    dataPath: PathExt.basename(local) + ending
  };
  return beside === '' ? [place] : [place, top];
}

function nameOf(local: string): string {
  const name = PathExt.basename(local) || 'data';
  const ending = DATA_EXTENSIONS.find(extension =>
    name.toLowerCase().endsWith(extension)
  );
  return ending ? name.slice(0, -ending.length) || name : name;
}

/** The recipe in a folder whose data set this is; the one of the same name, else the newest. */
async function pointingTo(
  contents: Files,
  place: IPlace,
  absolute: string,
  name: string,
  resource = ''
): Promise<string | null> {
  const own = name + RECIPE_EXTENSION;
  const recipes = (await filesIn(contents, place.folder))
    .filter(item => item.name.endsWith(RECIPE_EXTENSION))
    .sort((a, b) =>
      a.name === own
        ? -1
        : b.name === own
          ? 1
          : b.last_modified.localeCompare(a.last_modified)
    );
  for (const { path } of recipes) {
    const model = await contents.get(path, {
      type: 'file',
      format: 'text',
      content: true
    });
    const content: unknown = model.content;
    const dataset =
      typeof content === 'string'
        ? parseRecipe(content).recipe?.dataset
        : undefined;
    const data = dataset?.path;
    if (
      data &&
      (dataset.resource ?? '') === resource &&
      (same(data, place.dataPath) || same(data, absolute))
    ) {
      return path;
    }
  }
  return null;
}

function same(a: string, b: string): boolean {
  const plain = (path: string): string =>
    path.replace(/^\.\/(?=.)/, '').replace(/(.)\/+$/, '$1');
  return plain(a) === plain(b);
}

/** Write a text under a name that is free; null when the folder cannot be written. */
async function save(
  contents: Files,
  folder: string,
  name: string,
  text: string
): Promise<string | null> {
  const taken = new Set(
    (await filesIn(contents, folder)).map(item => item.name)
  );
  let file = name + RECIPE_EXTENSION;
  for (let number = 1; taken.has(file); number++) {
    file = `${name}-${number}${RECIPE_EXTENSION}`;
  }
  try {
    const path =
      folder === '' || folder.endsWith(':')
        ? folder + file
        : `${folder}/${file}`;
    const model = await contents.save(path, {
      type: 'file',
      format: 'text',
      content: text
    });
    return model.path;
  } catch (error) {
    if (error instanceof ServerConnection.ResponseError) {
      return null;
    }
    throw error;
  }
}

async function filesIn(
  contents: Files,
  folder: string
): Promise<Contents.IModel[]> {
  const model = await contents.get(folder, { content: true });
  return Array.isArray(model.content) ? model.content.filter(isModel) : [];
}

function isModel(value: unknown): value is Contents.IModel {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'path' in value
  );
}
