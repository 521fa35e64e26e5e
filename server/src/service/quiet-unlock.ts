import { slotKinds } from '../keys/slot-kinds.ts';
import { Interpreters, isQuiet } from './interpreters.ts';
import type { Places } from './places.ts';
import { readPrivateJson } from './private-file.ts';

/** Would a service of this interpreter open the vault without asking anybody? Told from the files alone. */
export function quietUnlock(places: Places): boolean {
  try {
    return isQuiet(slotKinds(readPrivateJson(places.vaultJson)), new Interpreters(places.interpreters));
  } catch {
    return false; // whoever opens it will hear why it cannot be read
  }
}
