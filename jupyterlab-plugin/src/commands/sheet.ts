import { failure } from '@datalayer-secrets/shared';

import type { Sheet } from '../tokens.ts';
import type { Deps } from './command.ts';

/** Lets the user fill in a form of the panel. @throws cancelled when it is left. */
export async function sheet({ panel }: Pick<Deps, 'panel'>, form: Sheet): Promise<void> {
  if (!(await panel.open(form))) throw failure('cancelled');
}
