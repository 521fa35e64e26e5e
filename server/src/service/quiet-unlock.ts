import { KeySlots } from '../keys/slots.ts';
import { Interpreters, isQuiet } from './interpreters.ts';
import type { Places } from './places.ts';

/** Would a service of this interpreter open the vault without asking anybody? Told from the files alone. */
export async function quietUnlock(places: Places): Promise<boolean> {
  try {
    const kinds = (await KeySlots.load(places.home))?.kinds ?? [];
    return isQuiet(kinds, new Interpreters(places.interpreters));
  } catch {
    return false; // whoever opens it will hear why it cannot be read
  }
}
