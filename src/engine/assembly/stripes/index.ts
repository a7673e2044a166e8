/** Stripe filters: the steps of a plan, by their codes in steps.json. */
import { allocate, release } from '../memory';
import { layOutAll, removeAll } from './all';
import { layOutDead, removeDead } from './dead';
import { layOutFiltering, removeByFiltering } from './filtering';
import { layOutFitting, removeByFitting } from './fitting';
import { layOutFourier, removeByFourier } from './fourier';
import { removeByInterpolation } from './interpolation';
import { layOutLarge, removeLarge } from './large';
import { prepareOrder, releaseOrder } from './ranks';
import { startAt, taken } from './scratch';
import { layOutSorting, removeBySorting } from './sorting';
import { layOutWavelet, removeByWavelet } from './wavelet';

const enum Step {
  Sorting = 1,
  All = 2,
  Dead = 3,
  Large = 4,
  Interpolation = 5,
  Filtering = 6,
  Fitting = 7,
  Wavelet = 8,
  Fourier = 9
}

const WIDEST: f64 = 1001;

let scratch: usize = 0;

export function releaseStripes(): void {
  release(scratch);
  scratch = 0;
  releaseOrder();
}

/**
 * Memory of `bytes` for all filters, which run one after the other, and for the
 * order of a sinogram that they sort; false when there is none.
 */
export function prepareStripes(bytes: usize, sorted: bool): bool {
  release(scratch);
  scratch = 0;
  // The order first, as it stays: what changes its size lies above it.
  if (!sorted) {
    releaseOrder();
  } else if (!prepareOrder()) {
    return false;
  }
  scratch = allocate(bytes);
  return scratch != 0;
}

/** Whether a step sorts columns. */
export function sortsColumns(step: usize): bool {
  switch (<i32>load<f64>(step)) {
    case Step.Sorting:
    case Step.All:
    case Step.Large:
    case Step.Interpolation:
      return true;
    case Step.Dead:
    case Step.Filtering:
      return parameter(step, 2) != 0;
    default:
      return false;
  }
}

@inline
function parameter(step: usize, index: usize): f64 {
  return load<f64>(step + ((2 + index) << 3));
}

/** Medians have a middle: an even width is raised by one. */
@inline
function width(step: usize, index: usize): i32 {
  return <i32>parameter(step, index) | 1;
}

function within(step: usize, index: usize, least: f64, most: f64): bool {
  const value = parameter(step, index);
  return value >= least && value <= most;
}

/** Whether a step is known and its parameters can be meant. */
export function checkStripes(step: usize): bool {
  const number = <i32>load<f64>(step, 8);
  switch (<i32>load<f64>(step)) {
    case Step.Sorting:
      return number == 1 && within(step, 0, 1, WIDEST);
    case Step.All:
      return (
        number == 4 &&
        within(step, 0, 0, 1000) &&
        within(step, 1, 1, WIDEST) &&
        within(step, 2, 1, WIDEST) &&
        within(step, 3, 0, 0.8)
      );
    case Step.Dead:
      return (
        number == 3 && within(step, 0, 0, 1000) && within(step, 1, 1, WIDEST) && within(step, 2, 0, 1)
      );
    case Step.Large:
    case Step.Interpolation:
      return (
        number == 4 &&
        within(step, 0, 0, 1000) &&
        within(step, 1, 1, WIDEST) &&
        within(step, 2, 0, 0.8) &&
        within(step, 3, 0, 1)
      );
    case Step.Wavelet:
      return (
        number == 3 && within(step, 0, 1, 16) && within(step, 1, 0.01, 1000) && within(step, 2, 0, 3)
      );
    case Step.Filtering:
      return (
        number == 3 && within(step, 0, 0.01, 1000) && within(step, 1, 1, WIDEST) && within(step, 2, 0, 1)
      );
    case Step.Fitting:
      return number == 2 && within(step, 0, 0, 5) && within(step, 1, 0.1, 1000);
    case Step.Fourier:
      return (
        number == 3 && within(step, 0, 1, 100000) && within(step, 1, 1, 100) && within(step, 2, 0, 1000)
      );
    default:
      return false;
  }
}

/** Bytes that a step needs while it runs. */
export function stripeBytes(step: usize): usize {
  startAt(0);
  layOut(step);
  return taken();
}

function layOut(step: usize): void {
  switch (<i32>load<f64>(step)) {
    case Step.Sorting:
      layOutSorting(width(step, 0));
      break;
    case Step.All:
      layOutAll(width(step, 1), width(step, 2));
      break;
    case Step.Dead:
      layOutDead(width(step, 1), parameter(step, 2) != 0);
      break;
    case Step.Large:
    case Step.Interpolation:
      layOutLarge(width(step, 1));
      break;
    case Step.Wavelet:
      layOutWavelet(<i32>parameter(step, 0), parameter(step, 1), <i32>parameter(step, 2));
      break;
    case Step.Filtering:
      layOutFiltering(parameter(step, 0), width(step, 1), parameter(step, 2) != 0);
      break;
    case Step.Fitting:
      layOutFitting(parameter(step, 1));
      break;
    case Step.Fourier:
      layOutFourier(<i32>parameter(step, 2));
      break;
  }
}

/**
 * Run a stage of a step on `rows`, float32[count][columns], finite; true when
 * another one follows. Before that, the engines may have to exchange.
 */
export function removeStripes(step: usize, rows: usize, stage: i32): bool {
  startAt(scratch);
  layOut(step);
  switch (<i32>load<f64>(step)) {
    case Step.Sorting:
      removeBySorting(rows, width(step, 0));
      break;
    case Step.All:
      return removeAll(
        rows,
        parameter(step, 0),
        width(step, 1),
        width(step, 2),
        parameter(step, 3),
        stage
      );
    case Step.Dead:
      return removeDead(rows, parameter(step, 0), width(step, 1), parameter(step, 2) != 0, stage);
    case Step.Large:
      return removeLarge(
        rows,
        parameter(step, 0),
        width(step, 1),
        parameter(step, 2),
        parameter(step, 3) != 0,
        stage
      );
    case Step.Interpolation:
      return removeByInterpolation(
        rows,
        parameter(step, 0),
        width(step, 1),
        parameter(step, 2),
        parameter(step, 3) != 0,
        stage
      );
    case Step.Wavelet:
      removeByWavelet(rows, parameter(step, 1), <i32>parameter(step, 2));
      break;
    case Step.Filtering:
      removeByFiltering(rows, parameter(step, 0), width(step, 1), parameter(step, 2) != 0);
      break;
    case Step.Fitting:
      removeByFitting(rows, <i32>parameter(step, 0), parameter(step, 1));
      break;
    case Step.Fourier:
      removeByFourier(rows, parameter(step, 0), parameter(step, 1), <i32>parameter(step, 2));
      break;
  }
  return false;
}
