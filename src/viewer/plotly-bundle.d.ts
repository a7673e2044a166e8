declare module 'plotly.js/dist/plotly-cartesian.min.js' {
  const plotly: import('./plotly').IPlotly;
  export default plotly;
}
