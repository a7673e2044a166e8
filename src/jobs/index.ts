export { plugins } from './plugin';
