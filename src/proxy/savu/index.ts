export { SavuLists } from './lists';
