export { approvalOf, requireApproval } from './approval';
export { checkRecipe } from './checks';
export {
  DEFAULT_OUTPUT,
  freeOutput,
  outputFolder,
  refuseCollision
} from './output';
