export * from './_generated/recipe';
