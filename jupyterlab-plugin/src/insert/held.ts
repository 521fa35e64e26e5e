import type { Places } from '@datalayer-secrets/shared';

import type { Documents, Target } from './target.ts';

export interface HeldPlaces extends Places {
  /** Something was typed there meanwhile, and is still being: it comes behind, and the cursor stays with it. */
  readonly typed?: true;
}

/** Where the cursor is: asked later, the place before what was typed meanwhile. */
export function heldPlaces(documents: Documents, target: Target): () => HeldPlaces {
  const { text } = target;
  const before = text.getSource();
  const { selections, ownLine } = documents.placesIn(target);
  const [only] = selections;
  return () => {
    const now = text.getSource();
    const wasTyped =
      now !== before &&
      !ownLine &&
      only !== undefined &&
      selections.length === 1 &&
      now.length >= only.start + before.length - only.end &&
      now.startsWith(before.slice(0, only.start)) &&
      now.endsWith(before.slice(only.end));
    if (!wasTyped) return documents.placesIn(target);
    return { selections: [{ start: only.start, end: only.start }], ownLine: false, typed: true };
  };
}
