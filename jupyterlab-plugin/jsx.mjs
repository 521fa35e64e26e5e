import { createElement, Fragment } from 'react';

/** What JSX becomes in the bundle: one name of its own, where `React.createElement` would stand in full at each element. */
export const element = createElement;
export { Fragment };
