export { viewRemote } from './slurm/view';
