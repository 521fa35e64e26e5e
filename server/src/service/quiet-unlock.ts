import { Interpreters, isQuiet } from './interpreters.ts';
import type { Places } from './places.ts';
import { lookAtVault } from './vault-look.ts';

/** Would a service of this interpreter open the vault without asking anybody? Told from the files alone. */
export function quietUnlock(places: Places): boolean {
  try {
    return isQuiet(lookAtVault(places).slots, new Interpreters(places.interpreters));
  } catch {
    return false; // whoever opens it will hear what is wrong
  }
}
