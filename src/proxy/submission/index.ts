export { approvalOf, requireApproval } from './approval';
export { checkRecipe } from './checks';
export { DEFAULT_OUTPUT, outputFolder, refuseCollision } from './output';
