import { expect, it } from 'vitest';
import { walk, type Move, type Position, type Step } from '../../../extension/src/input/steps.ts';

interface Draft {
  vaults: number;
  asked: string[];
}

/** A flow whose answers are given in advance. */
function flow(moves: Move[]) {
  const draft: Draft = { vaults: 1, asked: [] };
  const positions: Position[] = [];
  const step = (id: string, applies?: (draft: Draft) => boolean): Step<Draft> => ({
    id,
    ...(applies && { applies }),
    ask: (each, at) => {
      each.asked.push(id);
      positions.push(at);
      const move = moves.shift();
      return move ? Promise.resolve(move) : Promise.reject(new Error('asked too often'));
    },
  });
  const steps = [step('vault', ({ vaults }) => vaults > 1), step('name'), step('type'), step('value')];
  return { draft, positions, steps };
}

it('asks in order, counts only what applies, and offers no way back from the first question', async () => {
  const { draft, positions, steps } = flow(['next', 'next', 'next']);
  await walk(steps, draft);
  expect(draft.asked).toEqual(['name', 'type', 'value']);
  expect(positions).toEqual([
    { step: 1, of: 3, canGoBack: false },
    { step: 2, of: 3, canGoBack: true },
    { step: 3, of: 3, canGoBack: true },
  ]);
});

it('goes back over questions that do not apply', async () => {
  const { draft, steps } = flow(['next', 'back', 'next', 'next', 'next']);
  await walk(steps, draft);
  expect(draft.asked).toEqual(['name', 'type', 'name', 'type', 'value']);
});

it('starts at the named question, with a way back to those before it', async () => {
  const { draft, positions, steps } = flow(['back', 'next', 'next']);
  await walk(steps, draft, 'value');
  expect(draft.asked).toEqual(['value', 'type', 'value']);
  expect(positions[0]).toEqual({ step: 3, of: 3, canGoBack: true });
});

it('asks the first question again when going back from it', async () => {
  const { draft, steps } = flow(['back', 'next', 'next', 'next']);
  await walk(steps, draft);
  expect(draft.asked).toEqual(['name', 'name', 'type', 'value']);
});

it('heeds an answer that makes another question apply', async () => {
  const { draft, positions, steps } = flow(['next', 'back', 'back', 'next', 'next', 'next', 'next']);
  const [vault, name, ...rest] = steps;
  const asking: Step<Draft> = {
    id: 'name',
    ask: (each, at) => {
      each.vaults = 2;
      return name?.ask(each, at) ?? Promise.resolve<Move>('next');
    },
  };
  await walk([vault as Step<Draft>, asking, ...rest], draft);
  expect(draft.asked).toEqual(['name', 'type', 'name', 'vault', 'name', 'type', 'value']);
  expect(positions.at(-1)).toEqual({ step: 4, of: 4, canGoBack: true });
});

it('passes on what a question throws', async () => {
  const { draft, steps } = flow([]);
  await expect(walk(steps, draft)).rejects.toThrow('asked too often');
});
