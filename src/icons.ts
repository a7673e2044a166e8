/**
 * Icons that more than one part shows.
 */
import { LabIcon } from '@jupyterlab/ui-components';

import recipeSvg from '../style/icons/recipe.svg';
import redoSvg from '../style/icons/redo.svg';
import savuSvg from '../style/icons/savu.svg';
import tomographySvg from '../style/icons/tomography.svg';
import undoSvg from '../style/icons/undo.svg';

/** The panel and everything about tomography in general. */
export const tomographyIcon = new LabIcon({
  name: 'jupyterlab-tomo:tomography',
  svgstr: tomographySvg
});

/** A recipe document. */
export const recipeIcon = new LabIcon({
  name: 'jupyterlab-tomo:recipe',
  svgstr: recipeSvg
});

/** A process list of Savu. */
export const savuIcon = new LabIcon({
  name: 'jupyterlab-tomo:savu',
  svgstr: savuSvg
});

export const undoIcon = new LabIcon({
  name: 'jupyterlab-tomo:undo',
  svgstr: undoSvg
});
export const redoIcon = new LabIcon({
  name: 'jupyterlab-tomo:redo',
  svgstr: redoSvg
});
