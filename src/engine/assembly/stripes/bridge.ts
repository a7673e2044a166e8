/** Stripes replaced by a straight line between the columns beside them. */
import { columns, count } from '../plan';
import { isStripe } from './detect';

/** The columns at the ends are no stripes. */
export function bridgeStripes(rows: usize): void {
  for (let column = 1; column < columns - 1; column++) {
    if (!isStripe(column)) {
      continue;
    }
    let past = column + 1;
    while (past < columns - 1 && isStripe(past)) {
      past++;
    }
    bridge(rows, column, past);
    column = past;
  }
}

/** Fill the columns `first` to before `past`. */
function bridge(rows: usize, first: i32, past: i32): void {
  const step = 1 / <f64>(past - first + 1);
  for (let row = 0; row < count; row++) {
    const at = rows + (<usize>row * <usize>columns << 2);
    const left = <f64>load<f32>(at + (<usize>(first - 1) << 2));
    const right = <f64>load<f32>(at + (<usize>past << 2));
    for (let column = first; column < past; column++) {
      const part = <f64>(column - first + 1) * step;
      store<f32>(at + (<usize>column << 2), <f32>(left + (right - left) * part));
    }
  }
}
