export { CentreByEye } from './by-eye';
export { centrePlugin } from './plugin';
