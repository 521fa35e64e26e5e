/** What a page needs only once somebody opens the panel, or is asked something: one part, loaded as a whole (`later.ts`). */
import sheet from '../style/index.css';

export * from './commands/pick-dialog.tsx';
export * from './kernels/missing-flow.ts';
export * from './panel/panel-view.tsx';

const style = document.createElement('style');
style.textContent = sheet;
document.head.append(style);
