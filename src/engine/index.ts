/** The engine's door: plans from recipes, and `engine.wasm` in a browser, a worker or Node. */
export { EngineError } from './failure';
export type { IGiven } from './exchange';
export { Engine, type IAttenuation, type SpotKind } from './host';
export {
  compilePlan,
  type IPlanCatalogue,
  type IPlanOptions,
  type IPlanRecipe
} from './plan';
