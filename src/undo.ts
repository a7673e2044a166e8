/**
 * Steps of undoing a shared text.
 */

/** The undo manager joins what comes within half a second, whatever it is, unless it is told not to. */
export function endUndoStep(shared: object): void {
  if ('undoManager' in shared && isCapturing(shared.undoManager)) {
    shared.undoManager.stopCapturing();
  }
}

function isCapturing(value: unknown): value is { stopCapturing(): void } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'stopCapturing' in value &&
    typeof value.stopCapturing === 'function'
  );
}
