/** What a page needs only once somebody opens the panel, or is asked something: one part, loaded as a whole (`later.ts`). */
export * from './commands/pick-dialog.tsx';
export * from './panel/panel-view.tsx';
export * from './kernels/missing-flow.ts';
