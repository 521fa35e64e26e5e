/** Where a question stands in its flow, as an input box shows it. */
export interface Position {
  readonly step: number;
  readonly of: number;
  readonly canGoBack: boolean;
}

export type Move = 'next' | 'back';

/** One question of a flow. What was answered is kept in the draft, so that going back loses nothing. */
export interface Step<Draft> {
  readonly id: string;
  /** Whether the question is to be asked, given what is answered so far. Default: always. */
  applies?(draft: Draft): boolean;
  /** Asks, writes the answer to the draft (also on the way back), and says where to go. Throws `cancelled`. */
  ask(draft: Draft, at: Position): Promise<Move>;
}

/**
 * Asks the steps in order, from the one named `from` (default: the first), until the last says `next`. Going back from the
 * first question asks it again.
 */
export async function walk<Draft>(steps: readonly Step<Draft>[], draft: Draft, from?: string): Promise<void> {
  let current = from === undefined ? steps[0] : steps.find((step) => step.id === from);
  while (current) {
    const asked = steps.filter((step) => step === current || (step.applies?.(draft) ?? true));
    const index = asked.indexOf(current);
    const move = await current.ask(draft, { step: index + 1, of: asked.length, canGoBack: index > 0 });
    // An answer can change which questions follow, so the neighbours are looked up anew.
    const next: readonly Step<Draft>[] = steps.filter((step) => step === current || (step.applies?.(draft) ?? true));
    const at = next.indexOf(current);
    current = move === 'next' ? next[at + 1] : next[Math.max(0, at - 1)];
  }
}
