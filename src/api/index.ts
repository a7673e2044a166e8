export * from './_generated/api';
export * from './client-interface';
export * from './frame';
export * from './routes';
