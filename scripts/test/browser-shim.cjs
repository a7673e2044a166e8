// What JupyterLab's tests need of a browser; tests of the proxy run without one.
if (typeof window !== 'undefined') {
  require('@jupyterlab/testing/lib/jest-shim.js');
}
