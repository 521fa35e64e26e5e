import { damage, type ModelState, shownVaults, staleness, type Translate } from '@datalayer-secrets/shared';

import { waysOn, type Way } from './actions.ts';

/** Something that has to be known of what is listed below. */
export interface Notice {
  readonly id: string;
  readonly text: string;
  readonly ways: readonly Way[];
}

export function notices(t: Translate, state: ModelState, now: number): Notice[] {
  return shownVaults(state).flatMap((view) => {
    const { info, list } = view;
    const old: Notice[] =
      list.kind === 'stale'
        ? [{ id: `old/${info.id}`, text: staleness(t, view, now), ways: waysOn(t, list.error) }]
        : [];
    const damaged: Notice[] =
      info.damaged === undefined ? [] : [{ id: `damaged/${info.id}`, text: damage(t, info.damaged), ways: [] }];
    return [...old, ...damaged];
  });
}
