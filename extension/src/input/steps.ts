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
 * Asks the steps that apply, in order, from the one named `from` (default: the first), until the last says `next`. Going
 * back from the first question asks it again.
 */
export async function walk<Draft>(steps: readonly Step<Draft>[], draft: Draft, from?: string): Promise<void> {
  const asked = (current?: Step<Draft>) => steps.filter((step) => step === current || (step.applies?.(draft) ?? true));
  let current = from === undefined ? asked()[0] : steps.find(({ id }) => id === from);
  while (current) {
    const before = asked(current);
    const index = before.indexOf(current);
    const move = await current.ask(draft, { step: index + 1, of: before.length, canGoBack: index > 0 });
    // An answer can change which questions apply, so the neighbours are looked up anew.
    const after = asked(current);
    const at = after.indexOf(current);
    current = after[move === 'next' ? at + 1 : Math.max(0, at - 1)];
  }
}
