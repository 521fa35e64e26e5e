import type { Deps } from '../commands/command.ts';
import { allowIn } from '../kernels/allow.ts';
import type { Grant } from '../kernels/notebook-state.ts';
import type { HeldPlaces } from './held.ts';
import { draftReference, type Insertion, insertReference } from './insert.ts';
import type { Target } from './target.ts';
import { tellHowItRuns, tellHowItRunsIn } from './told.ts';

/** Milliseconds that an insertion waits for what it allows: a cell that is run right after it finds the value. */
const LONGEST_WAIT = 300;

/**
 * Writes a reference to a secret into a cell or file, and says how it gets its value. The notebook of a cell may use the secret from
 * then on; where that cannot be, the reference is written all the same. `places`: where it goes, asked when it does. Null where there is
 * no place any more by then.
 */
export async function insertAllowed(
  deps: Deps,
  target: Target,
  grant: Grant,
  places: () => HeldPlaces | null,
): Promise<Insertion | null> {
  const { manner } = deps.references;
  const draft = draftReference(target, grant.name, manner);
  if (draft.kind !== 'writable') return draft;
  const allowing = target.kind === 'cell' && !draft.language.uriOnly ? allowIn(deps, target.panel, grant) : null;
  if (allowing) await Promise.race([allowing, new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT))]);
  const place = target.text.isDisposed ? null : places();
  const insertion = place && insertReference(target, grant.name, place, manner);
  if (insertion?.kind !== 'inserted') return insertion;
  if (target.kind === 'cell' && allowing)
    void allowing.then((allowed) => (allowed ? tellHowItRunsIn(deps, target.panel, insertion) : undefined));
  else tellHowItRuns(deps.trans, insertion);
  return insertion;
}
