/* global window -- where there is one */
// What JupyterLab's tests need of a browser; tests of the proxy run without one.
if (typeof window !== 'undefined') {
  require('@jupyterlab/testing/lib/jest-shim.js');
}
if (typeof window !== 'undefined' && !window.PerformanceObserver) {
  // jsdom notes no transfers.
  window.PerformanceResourceTiming = class {};
  window.PerformanceObserver = class {
    observe() {}
    disconnect() {}
    takeRecords() {
      return [];
    }
  };
}
